"""How long one machine takes to take in a year's returns of many councils, from gate to receipt.

Run as ``PYTHONPATH=. python benchmarks/bench_year_of_councils.py [COUNCILS]``; writes ``year_of_councils.json`` beside
this file. Each council has a home of its own, and as many take in at once as there are cores. All send the workbooks of
the same plain year (``plain_years``), so each has to come to the same typed lines, which is compared; a home is removed
once it was. Nothing is built. Floor, in the same run: openpyxl's two passes over the files of one council. A thousand
councils take most of an hour on two cores.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.bench_intake import by_openpyxl, processor_seconds, spent
from benchmarks.plain_years import REFERENCE, write_plain_years
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.custody.submission import State
from sources.home import Home
from sources.intake import intake
from sources.reference.reference import read_reference

RESULT = Path(__file__).with_name("year_of_councils.json")
COUNCILS = 1_000
CORES = len(os.sched_getaffinity(0))
HISTORY = "history.csv"


def write_year(files: Path) -> list[Path]:
    """Write a council's year and the list of when each return came, and return the returns."""
    # The last ones are those of the first period after it.
    listed = [each for each in write_plain_years(files, 1) if "2026-27" not in each["file"]]
    with (files / HISTORY).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, listed[0].keys())
        writer.writeheader()
        writer.writerows(listed)
    return [files / each["file"] for each in listed]


def take_in(seed: int, files: Path, folder: Path) -> tuple[str | None, ...]:
    """Take a council's year in, and return the hash of each return's typed lines.

    Raises:
        SystemExit: If one of the returns was not accepted.
    """
    home = Home.at(folder / f"council-{seed:04d}")
    home.create()
    reference = read_reference(files / REFERENCE)
    with (files / HISTORY).open(encoding="utf-8", newline="") as stream:
        first = min(datetime.fromisoformat(each["received_at"]) for each in csv.DictReader(stream))
    with Ledger.open(home) as ledger:
        intake.adopt_reference(reference, ledger, fixed_clock(first - timedelta(seconds=1)))
        intake.take_in_history(files / HISTORY, home, ledger, reference)
        taken = ledger.submissions()
    if {each.state for each in taken} != {State.ACCEPTED}:
        raise SystemExit(f"council {seed}: not all were accepted")
    shutil.rmtree(home.root)
    return tuple(each.lines_sha256 for each in taken)


def measure(folder: Path, councils: int) -> dict[str, object]:
    """Take in the year of so many councils, and return what it took.

    Raises:
        SystemExit: If a council came to other lines than another.
    """
    returns = write_year(folder / "files")
    floor = spent(lambda: by_openpyxl(returns, read_only=False)) * councils
    started, before = time.monotonic(), processor_seconds()
    with ProcessPoolExecutor(CORES) as pool:
        lines = set(pool.map(partial(take_in, files=folder / "files", folder=folder), range(councils)))
    took = time.monotonic() - started
    if len(lines) != 1 or len(*lines) != len(returns):
        raise SystemExit(f"{councils} councils sent the same, and {len(lines)} different years were taken in")
    return {
        "councils": councils,
        "returns": councils * len(returns),
        "cores": CORES,
        "minutes": round(took / 60, 1),
        "processor time, times openpyxl's two passes": round((processor_seconds() - before) / floor, 2),
    }


def main() -> None:
    """Measure, print and write the result."""
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else COUNCILS)
    text = json.dumps(result, indent=1) + "\n"
    RESULT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
