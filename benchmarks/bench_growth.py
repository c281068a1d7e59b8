"""What a night with one new return costs after years of returns, beside the same night after one return.

Run as ``PYTHONPATH=. python benchmarks/bench_growth.py``; writes ``growth.json`` beside this file; it takes some eight
minutes of processor time. The returns are those of the three illustrative years, loaded as a history; then one more
lies in landing, and the night that takes it in, builds and publishes is measured. Each home is one of its own. The
scenario ends after three years: more years than those are measured as lines alone (``bench_volume``), and as verdicts
and desks (``bench_verdict``). Only ratios say something: seconds are those of a busy machine.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.bench_night import drop, load
from dbt_project import parsed
from sources.home import Home
from sources.samples.many_years.story import YEARS
from sources.samples.many_years.writing import HISTORY, REFERENCE, write_many_years

RESULT = Path(__file__).with_name("growth.json")
SEED = 2021
ONE_RETURN = "one return"


def ends(history: list[dict[str, str]]) -> dict[str, int]:
    """Return how many returns of the list have come before the last one of each number of years."""
    closedown = {year: f"_{year.replace('/', '-')}_P13_" for year in YEARS}
    last = {year: max(n for n, row in enumerate(history) if mark in row["file"]) for year, mark in closedown.items()}
    return {ONE_RETURN: 1, "1 year": last[YEARS[0]], "3 years": last[YEARS[-1]]}


def night_after(history: list[dict[str, str]], returns: int, files: Path, home: Home) -> float:
    """Load so many returns of the list, and return what the night with the next one costs.

    Raises:
        SystemExit: If it was not published.
    """
    listed = files / f"first_{returns}.csv"
    with listed.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, history[0].keys())
        writer.writeheader()
        writer.writerows(history[:returns])
    reference = str(files / REFERENCE)
    load(home.root, "--history", str(listed), SAVINGS_REFERENCE_DIR=reference)
    before = home.current.resolve()
    drop(home, files / history[returns]["file"])
    spent = load(home.root, SAVINGS_REFERENCE_DIR=reference)
    if home.current.resolve() == before:
        raise SystemExit(f"the return after {returns} was not published")
    return spent


def main() -> None:
    """Measure, print and write the result."""
    parsed.parse_installed()
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        write_many_years(files, SEED)
        with (files / HISTORY).open(encoding="utf-8", newline="") as stream:
            history = list(csv.DictReader(stream))
        returns = ends(history)
        spent = {
            name: night_after(history, number, files, Home.at(Path(folder) / name)) for name, number in returns.items()
        }
    result = {
        "returns before": returns,
        "times the night after one return": {
            name: round(each / spent[ONE_RETURN], 2) for name, each in spent.items() if name != ONE_RETURN
        },
        "seconds": {name: round(each, 1) for name, each in spent.items()},
    }
    text = json.dumps(result, indent=1) + "\n"
    RESULT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
