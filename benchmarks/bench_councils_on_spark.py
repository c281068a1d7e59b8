"""What one build of many councils costs on Spark beside the same on DuckDB, with every row of both compared.

Run as ``PYTHONPATH=. python benchmarks/bench_councils_on_spark.py [COUNCILS]``; writes ``councils_on_spark.json``
beside this file. Each council is made up from a number of its own and is there as typed lines, as in
``bench_councils``. ``savings councils build`` builds all of them in one run, by DuckDB and then by Spark on this
machine; every table of both releases is compared, row for row, and every position with a plain calculation, to the
penny. Only the ratio says something: seconds are those of a busy machine. 300 councils take half an hour.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.bench_councils import BUILT, CORES, live_as_typed_lines_in
from benchmarks.bench_night import SAVINGS, processor_seconds, usage_of
from publishing.manifest import DATABASE
from tests.council_totals import compare_all
from tests.council_years import CouncilYear, code_of
from tests.same_rows import differing

RESULT = Path(__file__).with_name("councils_on_spark.json")
COUNCILS = 300
ENGINES: Mapping[str, tuple[str, ...]] = {
    "duckdb": ("--engine", "duckdb"),
    "spark": ("--engine", "spark", "--spark-master", f"local[{CORES}]"),
}


def built_by(engine: str, folder: Path, years: Mapping[str, CouncilYear]) -> tuple[Path, float, int]:
    """Return the release that an engine builds, what it cost, and how many of its positions were compared."""
    seconds = processor_seconds(usage_of((SAVINGS, "councils", "build", str(folder), *ENGINES[engine])))
    # Elsewhere, or the next engine would find that nothing is new.
    place = (folder / BUILT.parent).rename(folder.parent / engine)
    release = place / BUILT.name
    return release.resolve(), seconds, compare_all(release, years)


def rows_of_both(releases: Mapping[str, Path]) -> tuple[int, int]:
    """Return how many tables and rows two releases have.

    Raises:
        SystemExit: If one has a row that the other lacks.
    """
    with duckdb.connect() as connection:
        for name, release in releases.items():
            connection.execute(f"attach '{release / DATABASE}' as {name} (read_only)")
        sql = "select 'marts.' || table_name from duckdb_tables() where database_name = 'duckdb'"
        tables = [table for (table,) in connection.execute(sql).fetchall()]
        if found := differing(connection, ("duckdb", "spark"), tables):
            raise SystemExit(f"The engines' releases are not the same: {found}")
        return len(tables), sum(len(connection.table(f"duckdb.{table}")) for table in tables)


def measure(folder: Path, number: int) -> dict[str, Any]:
    """Return what so many councils cost on both engines."""
    with ProcessPoolExecutor(CORES) as pool:
        made = list(pool.map(partial(live_as_typed_lines_in, folder), range(1, number + 1)))
    years = {code_of(seed): year for seed, year in enumerate(made, start=1)}
    releases, seconds, positions = {}, {}, {}
    for engine in ENGINES:
        releases[engine], seconds[engine], positions[engine] = built_by(engine, folder, years)
    tables, rows = rows_of_both(releases)
    return {
        "councils": number,
        "tables compared": tables,
        "rows compared": rows,
        "positions compared with a plain calculation": positions["spark"],
        "spark, times duckdb": round(seconds["spark"] / seconds["duckdb"], 1),
        "seconds": {engine: round(each, 1) for engine, each in seconds.items()},
    }


def main() -> None:
    """Measure, print and write the result."""
    with tempfile.TemporaryDirectory() as scratch:
        found = measure(Path(scratch) / "councils", int(sys.argv[1]) if sys.argv[1:] else COUNCILS)
    text = json.dumps(found, indent=1) + "\n"
    RESULT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
