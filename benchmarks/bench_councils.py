"""What the nights of many councils and the release joined from them cost, with every council's totals compared.

Run as ``PYTHONPATH=. python benchmarks/bench_councils.py [NIGHTS COUNCILS TOGETHER]``; writes ``councils.json``
beside this file. Each council is made up from a number of its own (``tests.council_years``), and what a plain
calculation says of its year is compared with the release, to the penny. First so many whole nights, as ``savings
councils load`` runs them, as many at once as there are cores: the first three councils have sent workbooks, the others
are there as typed lines. Then so many that ``savings councils build`` builds in one run. Then so many are joined whose
releases the models' SQL alone has made, without dbt, checks and pages: a night of each would take hours. Floor, in the
same run: the compiled SQL of all models and tests of a council, run in DuckDB without dbt. Only ratios say something:
seconds are those of a busy machine.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.bench_night import SAVINGS, processor_seconds, usage_of
from benchmarks.bench_volume import BARE, copies, spent
from dbt_project import parsed
from dbt_project.invocation import Invocation
from dbt_project.published import PublishedTable, published_tables
from sources.home import Home
from tests.council_homes import live_as_typed_lines, live_as_workbooks
from tests.council_totals import compare_all
from tests.council_years import CouncilYear, code_of
from tests.unchecked_releases import publish_unchecked

RESULT = Path(__file__).with_name("councils.json")
NIGHTS, COUNCILS, TOGETHER = 4, 60, 300
WITH_WORKBOOKS = 3
CORES = len(os.sched_getaffinity(0))
JOINED, BUILT = Path("joined", "current"), Path("built", "current")
# A load ends with 1 where somebody has something to see to: a late return is.
ENDS = frozenset({0, 1})


def home_of(folder: Path, seed: int) -> Home:
    """Return where the home of the council of a number lies."""
    return Home.at(folder / f"council-{seed:03d}" / "home")


def live(folder: Path, seed: int) -> CouncilYear:
    """Set the council of a number up, its year taken in."""
    way = live_as_workbooks if seed <= WITH_WORKBOOKS else live_as_typed_lines
    return way(seed, home_of(folder, seed).root.parent)


def published(seed: int, folder: Path, tables: Sequence[PublishedTable]) -> CouncilYear:
    """Set a council up and publish its year by the models' SQL alone."""
    year = live(folder, seed)
    publish_unchecked(home_of(folder, seed), tables)
    return year


def nights(folder: Path, number: int) -> dict[str, Any]:
    """Return what so many whole nights cost, then as many with nothing new."""
    years = {code_of(seed): live(folder, seed) for seed in range(1, number + 1)}
    load = (SAVINGS, "councils", "load", str(folder), "--at-once", str(CORES))
    first = usage_of(load, ENDS)
    positions = compare_all(folder / JOINED, years)
    again = usage_of(load, ENDS)
    base = home_of(folder, number).candidate
    bare = spent(BARE, copies(base, 1, folder.parent / BARE), Invocation(base).manifest)
    seconds = {
        "a night": processor_seconds(first) / number,
        "a night with nothing new": processor_seconds(again) / number,
    }
    return {
        "councils": number,
        "with workbooks": min(number, WITH_WORKBOOKS),
        "positions compared": positions,
        "at once": CORES,
        "a night, times the floor": round(seconds["a night"] / bare["seconds"], 2),
        "a night with nothing new, times the floor": round(seconds["a night with nothing new"] / bare["seconds"], 2),
        "peak mebibytes of a process": first.ru_maxrss // 1024,
        "seconds": {name: round(each, 1) for name, each in seconds.items()},
        "seconds of the floor": round(bare["seconds"], 1),
    }


def together(folder: Path, number: int, floor: float) -> dict[str, Any]:
    """Return what one build of so many councils costs."""
    with ProcessPoolExecutor(CORES) as pool:
        made = list(pool.map(partial(live_as_typed_lines_in, folder), range(1, number + 1)))
    years = {code_of(seed): year for seed, year in enumerate(made, start=1)}
    build = (SAVINGS, "councils", "build", str(folder))
    first, again = usage_of(build), usage_of(build)
    return {
        "councils": number,
        "positions compared": compare_all(folder / BUILT, years),
        "a council's share, times the floor": round(processor_seconds(first) / number / floor, 3),
        "a council's share with nothing new, times the floor": round(processor_seconds(again) / number / floor, 3),
        "peak mebibytes": first.ru_maxrss // 1024,
        "seconds": round(processor_seconds(first), 1),
        "seconds with nothing new": round(processor_seconds(again), 1),
    }


def live_as_typed_lines_in(folder: Path, seed: int) -> CouncilYear:
    """Set the council of a number up, its year there as typed lines."""
    return live_as_typed_lines(seed, home_of(folder, seed).root.parent)


def joined(folder: Path, number: int, tables: Sequence[PublishedTable], floor: float) -> dict[str, Any]:
    """Return what joining so many councils costs."""
    with ProcessPoolExecutor(CORES) as pool:
        made = list(pool.map(partial(published, folder=folder, tables=tables), range(1, number + 1)))
    years: Mapping[str, CouncilYear] = {code_of(seed): year for seed, year in enumerate(made, start=1)}
    join = (SAVINGS, "councils", "join", str(folder))
    first, again = usage_of(join), usage_of(join)
    positions = compare_all(folder / JOINED, years)
    return {
        "councils": number,
        "positions compared": positions,
        "a council's share, times the floor": round(processor_seconds(first) / number / floor, 3),
        "a council's share with nothing new, times the floor": round(processor_seconds(again) / number / floor, 3),
        "peak mebibytes": first.ru_maxrss // 1024,
        "seconds": round(processor_seconds(first), 1),
        "seconds with nothing new": round(processor_seconds(again), 1),
    }


def main() -> None:
    """Measure, print and write the result after each part, the nights first: joining may take long."""
    number, councils, at_once = map(int, sys.argv[1:] or (NIGHTS, COUNCILS, TOGETHER))
    tables = published_tables(parsed.parse_installed())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        result = {"nights": nights(folder / "nights", number)}
        floor = result["nights"]["seconds of the floor"]
        for name, measured in (
            ("together", partial(together, folder / "together", at_once, floor)),
            ("joined", partial(joined, folder / "many", councils, tables, floor)),
        ):
            _write(result)
            result[name] = measured()
        _write(result)


def _write(result: Mapping[str, Any]) -> None:
    text = json.dumps(result, indent=1) + "\n"
    RESULT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
