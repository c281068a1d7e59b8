"""What a build on Spark costs beside the same build on DuckDB, in processor time on this machine.

Run as ``PYTHONPATH=. python benchmarks/bench_engines.py CANDIDATE [lines ...]``: the ``build/candidate.duckdb`` that a
night left in a home. Its lines are copied under other references until there are about so many (``volumes``). Each
engine builds a copy in a process of its own, and their pounds are compared, to the penny. Writes ``engines.json``
beside this file. Only the ratio says something: seconds are those of a busy machine.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import volumes

RESULT = Path(__file__).with_name("engines.json")
VOLUMES = (1, 100_000)
ENGINES = ("duckdb", "spark")
BUILD = """
import resource, sys
from pathlib import Path
from dbt_project import run_dbt
from dbt_project.engines import DUCKDB, Spark
engine = Spark() if sys.argv[1] == "spark" else DUCKDB
assert run_dbt.build(Path(sys.argv[2]), engine=engine).success
# Java is a child, and has ended.
usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print()
print(sum(usage.ru_utime + usage.ru_stime for usage in usages))
"""


def spent(engine: str, candidate: Path) -> float:
    """Return the processor seconds of a build, those of Spark's Java with it."""
    command = [sys.executable, "-c", BUILD, engine, str(candidate)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    return float(said.stdout.splitlines()[-1])


def at(base: Path, times: int, folder: Path) -> dict[str, Any]:
    """Return what that many copies of the lines cost on both engines.

    Raises:
        SystemExit: If the pounds of the engines differ, or are not as many times those of the base.
    """
    by_engine = {}
    for engine in ENGINES:
        candidate = folder / f"{engine}.duckdb"
        volumes.multiply(base, candidate, times)
        by_engine[engine] = spent(engine, candidate)
        if volumes.pounds(candidate) != volumes.times_as_much(volumes.pounds(base), times):
            raise SystemExit(f"{times} copies do not come to {times} times the pounds on {engine}")
    lines = volumes.lines_of(base) * times
    return {"lines": lines, "spark, times duckdb": round(by_engine["spark"] / by_engine["duckdb"], 1)}


def main() -> None:
    """Measure each volume, print and write the result after each: the next may take long."""
    volumes.measure_each(at, Path(sys.argv[1]), map(int, sys.argv[2:] or VOLUMES), RESULT)


if __name__ == "__main__":
    main()
