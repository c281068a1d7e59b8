"""Write the three illustrative years: ``python -m sources.samples.many_years TARGET --seed 1``."""

from __future__ import annotations

import argparse
from pathlib import Path

from sources.samples.many_years.writing import HISTORY, REFERENCE, write_many_years


def main() -> None:
    """Write them, and say how they are loaded."""
    parser = argparse.ArgumentParser(prog="python -m sources.samples.many_years", description=__doc__)
    parser.add_argument("target", type=Path, help="a folder that does not exist yet")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other amounts")
    arguments = parser.parse_args()
    try:
        sent = write_many_years(arguments.target, arguments.seed)
    except FileExistsError as error:
        parser.error(str(error))
    print(f"{len(sent)} returns of three years, all illustrative, are in {arguments.target}.")
    print("Load them into a home of their own:")
    print(
        f"  SAVINGS_HOME={arguments.target}/var SAVINGS_REFERENCE_DIR={arguments.target / REFERENCE}"
        f" .venv/bin/savings load --history {arguments.target / HISTORY}"
    )


if __name__ == "__main__":
    main()
