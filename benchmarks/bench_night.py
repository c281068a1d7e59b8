"""What a night costs in processor time, beside what it cannot do without, measured in the same run.

Run as ``python benchmarks/bench_night.py [rounds]``; writes ``night.json`` beside this file. Floors:
for a night that builds, the same SQL run bare in DuckDB and the imports of the libraries that the
night rests on; for a night with nothing new, a pandas script that hashes the landed files and looks
each up; for serving (files and pages of a release), DuckDB's own copy of each table to CSV and Parquet.
Only ratios say something: seconds are those of a busy machine.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import duckdb
from dbt_common.events.base_types import EventMsg

from benchmarks.bare_sql import BUILT, statements
from dbt_project import parsed, run_dbt
from dbt_project.published import published_tables
from publishing.manifest import DATABASE
from publishing.parts import parts_of
from publishing.site.pictures import Pictures
from sources.home import Home
from sources.samples.published import SAMPLES

RESULT = Path(__file__).with_name("night.json")
SAVINGS = str(Path(sys.executable).with_name("savings"))
DEFAULT_ROUNDS = 3
QUIET_NIGHTS = 5
IMPORTS = "import dagster, dagster_dbt, dbt.cli.main, duckdb, great_expectations, pandas"
# What somebody would write who only wants to know whether anything is new.
LOOK = """
import hashlib, sys
from pathlib import Path
import pandas as pd
known = pd.read_csv(sys.argv[2])
found = [hashlib.sha256(path.read_bytes()).hexdigest() for path in Path(sys.argv[1]).rglob("*.xlsx")]
landed = pd.DataFrame({"sha256": found})
raise SystemExit(0 if landed["sha256"].isin(known["sha256"]).all() else 1)
"""
TRACED = {"fsync": "fsyncs", "fdatasync": "fsyncs", "execve": "programs started"}


def usage_of(
    command: Sequence[str], expected: frozenset[int] = frozenset({0}), **environment: str
) -> resource.struct_rusage:
    """Return what a command and its children used.

    Raises:
        SystemExit: If it did not end as expected.
    """
    with subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in expected:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return usage


def processor_seconds(usage: resource.struct_rusage) -> float:
    """Return the processor seconds of what was used."""
    return usage.ru_utime + usage.ru_stime


def spent_by(command: Sequence[str], expected: frozenset[int] = frozenset({0}), **environment: str) -> float:
    """Return the processor seconds of a command and its children.

    Raises:
        SystemExit: If it did not end as expected.
    """
    return processor_seconds(usage_of(command, expected, **environment))


def load(home: Path, *arguments: str, **settings: str) -> float:
    """Return what a load into a home costs; one that leaves something to see to ends with 1."""
    return spent_by([SAVINGS, "load", *arguments], expected=frozenset({0, 1}), SAVINGS_HOME=str(home), **settings)


def history_but_one(folder: Path) -> tuple[Path, Path]:
    """Write a list of the sample's returns but the last; return it, and the one left out."""
    with (SAMPLES / "history.csv").open(encoding="utf-8", newline="") as stream:
        *listed, last = list(csv.DictReader(stream))
    path = folder / "history.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["file", "received_at"])
        writer.writeheader()
        writer.writerows({**row, "file": str(SAMPLES / row["file"])} for row in listed)
    return path, SAMPLES / last["file"]


def drop(home: Home, file: Path) -> None:
    """Put a return into landing, as a directorate did an hour ago."""
    folder = home.landing / file.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(shutil.copy(file, folder), (time.time() - 3600, time.time() - 3600))


def look_with_pandas(folder: Path, home: Path) -> float:
    """Return what the pandas script costs, on as many landed files as the home has taken in."""
    landed = folder / "landed"
    if not landed.exists():
        shutil.copytree(SAMPLES / "returns", landed)
        hashes = [path.stem for path in (home / "vault").rglob("*") if path.is_file()]
        (folder / "known.csv").write_text("\n".join(["sha256", *hashes]))
    return spent_by([sys.executable, "-c", LOOK, str(landed), str(folder / "known.csv")])


def seconds_of(act: Callable[[], object]) -> float:
    """Return the processor seconds that something takes in this process."""
    started = time.process_time()
    act()
    return time.process_time() - started


def bare_build(candidate: Path, folder: Path) -> float:
    """Return what the models' and tests' own SQL costs, without dbt."""
    manifest = json.loads(run_dbt.result_of(candidate).manifest.read_bytes())
    built = list(statements(manifest))
    copy = folder / "bare" / candidate.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    copy.parent.mkdir()
    with duckdb.connect(copy) as connection:
        connection.execute("set threads = 1")
        _copy_sources(connection, candidate)
        return seconds_of(lambda: [connection.execute(sql).fetchall() for _, sql in built])


def _copy_sources(connection: duckdb.DuckDBPyConnection, candidate: Path) -> None:
    connection.execute(f"attach '{candidate}' as built (read_only)")
    found = connection.execute("select schema_name, table_name from duckdb_tables() where database_name = 'built'")
    for schema, table in found.fetchall():
        if schema in ("raw", "reference"):
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {schema}.{table} as from built.{schema}.{table}")
    connection.execute("detach built")
    for schema in BUILT:
        connection.execute(f"create schema if not exists {schema}")


def statements_of(candidate: Path, folder: Path) -> Counter[str]:
    """Build once more, and count what dbt runs and asks."""
    copy = folder / "again" / candidate.name
    copy.parent.mkdir()
    shutil.copy(candidate, copy)
    counts: Counter[str] = Counter()

    def count(event: EventMsg) -> None:
        counts["SQL statements"] += event.info.name == "SQLQuery"

    counts["nodes of dbt"] = len(run_dbt.build(copy, count).nodes)
    return counts


def events_of(home: Path) -> int:
    """Return how many rows Dagster's store of events has: what is about a table or a check is there twice."""
    files = list((home / "dagster" / "history" / "runs").glob("*.db"))
    total = 0
    for path in files:
        with closing(sqlite3.connect(path)) as connection:
            if connection.execute("select 1 from sqlite_master where name = 'event_logs'").fetchone():
                total += connection.execute("select count(*) from event_logs").fetchone()[0]
    return total


def traced(home: Path, trace: Path, *arguments: str) -> Counter[str]:
    """Return how often a load called what the system knows of; nothing where there is no strace."""
    if (strace := shutil.which("strace")) is None:
        return Counter()
    calls = ",".join(TRACED)
    spent_by(
        [strace, "-f", "-qq", "--seccomp-bpf", "-e", f"trace={calls}", "-o", str(trace), SAVINGS, "load", *arguments],
        SAVINGS_HOME=str(home),
    )
    lines = trace.read_text(errors="replace").splitlines()
    return Counter(name for line in lines for call, name in TRACED.items() if f" {call}(" in line and " = 0" in line)


def serving(home: Home, folder: Path) -> tuple[float, float]:
    """Return what a release's files and pages cost, and what DuckDB's own copies of the same tables do."""
    built = run_dbt.result_of(home.candidate)
    tables = published_tables(built.manifest)
    release = folder / "release"
    shutil.rmtree(release, ignore_errors=True)
    release.mkdir()
    shutil.copy(home.current / DATABASE, release)

    def copy_all() -> None:
        with duckdb.connect(release / DATABASE, read_only=True) as connection:
            for table in tables:
                for form in ("csv", "parquet"):
                    connection.execute(f"copy marts.{table.name} to '{release}/{table.name}.{form}'")

    floor = seconds_of(copy_all)
    return seconds_of(lambda: [write(release) for write in parts_of(tables, built.manifest, Pictures())]), floor


def one_round(folder: Path) -> dict[str, float]:
    """Return what each kind of night and each floor cost, in one home."""
    home = Home.at(folder / "home")
    history, left_out = history_but_one(folder)
    spent = {"first night": load(home.root, "--history", str(history))}
    before = home.current.resolve()
    drop(home, left_out)
    spent["one new return"] = load(home.root)
    if home.current.resolve() == before:
        raise SystemExit("the new return was not published")
    spent["nothing new"] = statistics.median(load(home.root) for _ in range(QUIET_NIGHTS))
    spent["pandas script"] = statistics.median(look_with_pandas(folder, home.root) for _ in range(QUIET_NIGHTS))
    spent["imports"] = spent_by([sys.executable, "-c", IMPORTS])
    spent["bare SQL"] = bare_build(home.candidate, folder)
    spent["serving"], spent["copies"] = serving(home, folder)
    return spent


def counts_of(folder: Path) -> dict[str, int]:
    """Return what a first night does, in numbers."""
    home = Home.at(folder / "counted")
    found = traced(home.root, folder / "trace", "--history", str(SAMPLES / "history.csv"))
    if not found:
        load(home.root, "--history", str(SAMPLES / "history.csv"))
    found["files taken in"] = len(list((SAMPLES / "returns").rglob("*.xlsx")))
    found["rows in Dagster's store of events"] = events_of(home.root)
    return dict(sorted((found + statements_of(home.candidate, folder)).items()))


def in_ratios(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the median ratio of each night to its floor."""
    ratios = {
        "first night, times its floor": lambda r: r["first night"] / (r["bare SQL"] + r["imports"]),
        "first night without serving, times its floor": lambda r: (
            (r["first night"] - r["serving"]) / (r["bare SQL"] + r["imports"])
        ),
        "one new return, times its floor": lambda r: r["one new return"] / (r["bare SQL"] + r["imports"]),
        "one new return without serving, times its floor": lambda r: (
            (r["one new return"] - r["serving"]) / (r["bare SQL"] + r["imports"])
        ),
        "nothing new, times the pandas script": lambda r: r["nothing new"] / r["pandas script"],
        "serving, times bare copies": lambda r: r["serving"] / r["copies"],
    }
    return {name: round(statistics.median(map(ratio, rounds)), 2) for name, ratio in ratios.items()}


def main() -> None:
    """Measure, print and write the result."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_ROUNDS
    parsed.parse_installed()
    with tempfile.TemporaryDirectory() as root:
        rounds = []
        for each in range(number):
            (folder := Path(root) / str(each)).mkdir()
            rounds.append(one_round(folder))
        counts = counts_of(Path(root))
    medians = {name: round(statistics.median(spent[name] for spent in rounds), 2) for name in rounds[0]}
    result = {"rounds": number, "ratios": in_ratios(rounds), "counts of a first night": counts, "seconds": medians}
    text = json.dumps(result, indent=1) + "\n"
    RESULT.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
