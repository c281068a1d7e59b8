"""What a build on Spark costs beside the same build on DuckDB, in processor time on this machine.

Run as ``python benchmarks/bench_engines.py CANDIDATE``: the ``build/candidate.duckdb`` that a night left in a home, so
that the volume is your own. Each engine builds a copy in a process of its own. Writes ``engines.json`` beside this
file. Only the ratio says something: seconds are those of a busy machine.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dbt_project import candidate as scratch

RESULT = Path(__file__).with_name("engines.json")
BUILD = """
import sys
from pathlib import Path
import psutil
from dbt_project import run_dbt
from dbt_project.engines import DUCKDB, Spark
engine = Spark() if sys.argv[1] == "spark" else DUCKDB
assert run_dbt.build(Path(sys.argv[2]), engine=engine).success
me = psutil.Process()
print(sum(sum(each.cpu_times()[:2]) for each in (me, *me.children(recursive=True))))
"""


def spent(engine: str, candidate: Path) -> float:
    """Return the processor seconds of a build of a copy, those of Spark's Java with it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(candidate, Path(folder) / "candidate.duckdb")
        with scratch.change(Path(copy)) as connection:
            for schema in ("marts", "intermediate", "staging"):
                connection.execute(f"drop schema if exists {schema} cascade")
        command = [sys.executable, "-c", BUILD, engine, copy]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    return float(said.stdout)


def main() -> None:
    """Measure both and write what they cost."""
    candidate = Path(sys.argv[1])
    with scratch.read(candidate) as connection:
        lines = len(connection.table("raw.savings_line"))
    by_engine = {engine: spent(engine, candidate) for engine in ("duckdb", "spark")}
    found = {"lines": lines, "spark, times duckdb": round(by_engine["spark"] / by_engine["duckdb"], 1)}
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(found | by_engine, indent=1) + "\n")


if __name__ == "__main__":
    main()
