"""What a build costs at volumes far beyond one council's, in processor time and memory, beside the same SQL bare.

Run as ``PYTHONPATH=. python benchmarks/bench_volume.py CANDIDATE [lines ...]``: the ``build/candidate.duckdb`` that a
night left in a home, best of the three illustrative years, since each kind of line is in them. Its lines are copied
under other references until there are about so many; each volume is built, in a process of its own, with the settings
of every night. The pounds of the copies are compared with those of the base, to the penny. Floor, in a process that
imports the same: the compiled SQL of all models and tests, run in DuckDB without dbt, constraints and questions.
Writes ``volume.json`` beside this file. Up to a million lines it takes ten to twenty minutes; ten million take an hour
and a half, and more than 15 GB of disk. Only ratios say something: seconds are those of a busy machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import volumes
from dbt_project.invocation import Invocation

RESULT = Path(__file__).with_name("volume.json")
VOLUMES = (1, 10_000, 100_000, 1_000_000, 10_000_000)
# How many nodes are named that take most of the floor.
SLOWEST = 3
BARE, BUILD = "bare", "build"
# Each prints its processor time, its most memory, and the processor time of each node as far as it knows it.
CHILD = """
import json, re, sys, time
from pathlib import Path
import dbt.cli.main
from benchmarks import bare_sql
from dbt_project import candidate as scratch, run_dbt

kind, path, manifest = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
nodes = {}
if kind == "build":
    assert run_dbt.build(path).success
else:
    with scratch.change(path) as connection:
        for schema in bare_sql.BUILT:
            connection.execute(f"create schema {schema}")
        for name, sql in bare_sql.statements(json.loads(manifest.read_bytes())):
            started = time.process_time()
            connection.execute(sql).fetchall()
            nodes[name] = time.process_time() - started
kibibytes = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
print()
print(json.dumps({"seconds": time.process_time(), "mebibytes": kibibytes // 1024, "nodes": nodes}))
"""


def spent(kind: str, candidate: Path, manifest: Path) -> dict[str, Any]:
    """Build a candidate, with dbt or bare; return what it cost."""
    command = [sys.executable, "-c", CHILD, kind, str(candidate), str(manifest)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])  # DuckDB may have drawn a bar before
    return found


def copies(base: Path, times: int, folder: Path) -> Path:
    """Return a candidate with the lines of the base so many times."""
    folder.mkdir()
    volumes.multiply(base, folder / base.name, times)
    return folder / base.name


def at(base: Path, times: int, folder: Path) -> dict[str, Any]:
    """Return what a build of that many copies costs beside its floor.

    Raises:
        SystemExit: If the copies do not come to as many times the pounds of the base.
    """
    expected = volumes.times_as_much(volumes.pounds(base), times)
    candidate = copies(base, times, folder / BUILD)
    manifest = Invocation(candidate).manifest
    built = spent(BUILD, candidate, manifest)
    if volumes.pounds(candidate) != expected:
        raise SystemExit(f"{times} copies do not come to {times} times the pounds")
    bare = spent(BARE, copies(base, times, folder / BARE), manifest)
    slowest = sorted(bare["nodes"].items(), key=lambda node: -node[1])[:SLOWEST]
    return {
        "lines": volumes.lines_of(base) * times,
        "positions": sum(count for _, _, count, *_ in expected),
        "times the floor": round(built["seconds"] / bare["seconds"], 2),
        "peak mebibytes": built["mebibytes"],
        "peak mebibytes of the floor": bare["mebibytes"],
        "share of the floor": {name: round(seconds / bare["seconds"], 2) for name, seconds in slowest},
        "seconds": round(built["seconds"], 1),
        "seconds of the floor": round(bare["seconds"], 1),
    }


def main() -> None:
    """Measure each volume, print and write the result after each: the next may take long."""
    volumes.measure_each(at, Path(sys.argv[1]), map(int, sys.argv[2:] or VOLUMES), RESULT)


if __name__ == "__main__":
    main()
