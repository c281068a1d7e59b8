"""What a night with one new return costs after years of returns, beside the same night after one return.

Run as ``PYTHONPATH=. python benchmarks/bench_growth.py [years ...]``; writes ``growth.json`` beside this file; all of
them take half an hour. The returns of plain years (``plain_years``) are loaded as a history; then one more
lies in landing, and the night that takes it in, builds and publishes is measured. Each home is one of its own, and
each history ends with this year. Only ratios say something: seconds are those of a busy machine.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.bench_night import drop, load
from benchmarks.plain_years import REFERENCE, Listed, write_plain_years
from dbt_project import parsed
from sources.custody.ledger import LedgerView
from sources.custody.submission import State
from sources.home import Home

RESULT = Path(__file__).with_name("growth.json")
# The contract knows the financial years from 2000/01 on: no more than these end before this one.
YEARS = (1, 3, 10, 26)


def night_after(listed: Listed, new: str, files: Path, home: Home) -> float:
    """Load the listed returns, and return what the night with a new one costs.

    Raises:
        SystemExit: If one of them was not accepted, or the new one not published.
    """
    history = files / "history.csv"
    with history.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, listed[0].keys())
        writer.writeheader()
        writer.writerows(listed)
    reference = str(files / REFERENCE)
    load(home.root, "--history", str(history), SAVINGS_REFERENCE_DIR=reference)
    before = home.current.resolve()
    drop(home, files / new)
    spent = load(home.root, SAVINGS_REFERENCE_DIR=reference)
    states = {each.state for each in LedgerView.stored(home).submissions()}
    if home.current.resolve() == before or states != {State.ACCEPTED}:
        raise SystemExit(f"after {len(listed)} returns: not published, or not accepted alone: {states}")
    return spent


def after(years: int) -> tuple[int, float]:
    """Return how many returns there were before, and what the night with a new one cost; before year 1 it is one."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        *listed, last = write_plain_years(files, years)
        before = listed if years else listed[:1]
        return len(before), night_after(before, last["file"], files, Home.at(Path(folder) / "home"))


def main() -> None:
    """Measure each number of years, print and write the result after each: the next may take long."""
    parsed.parse_installed()
    _, floor = after(0)
    found: list[dict[str, Any]] = []
    for years in map(int, sys.argv[1:] or YEARS):
        returns, spent = after(years)
        times = round(spent / floor, 2)
        found.append({"years": years, "returns before": returns, "times the night after one return": times})
        text = json.dumps({"seconds after one return": round(floor, 1), "after": found}, indent=1) + "\n"
        RESULT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
