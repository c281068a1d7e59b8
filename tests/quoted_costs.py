"""What a night and its returns cost, as the documentation quotes it from ``benchmarks/*.json``.

Here belongs the wording of the quotation. Not here: its pictures (``drawn_costs``), and measuring
(``benchmarks/bench_*.py``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from orchestration.settings import PROJECT

_BARE = "the same SQL bare in DuckDB, and importing the libraries"
_LOOK = "a pandas script that hashes the landed files and looks each up"
_TWO_PASSES = "openpyxl's two passes"
READINGS = (_TWO_PASSES, "openpyxl's two passes, read-only", "calamine")
STEPS = ("gate and reading", "gate to receipt")
PEERS = ("dlt + dbt", "dlt + dbt where needed", "SQLMesh", "a pandas script")
NIGHTS = (
    ("the first one, three returns", "first night, times its floor", _BARE),
    ("with one new return", "one new return, times its floor", _BARE),
    ("with nothing new", "nothing new, times the pandas script", _LOOK),
    (
        "the release's files and pages alone",
        "serving, times bare copies",
        "DuckDB's own copy of each table to CSV and Parquet",
    ),
)
# Words, part of the measurement, its ratio, its memory if it has one.
OF_COUNCILS = (
    ("A first night", "nights", "a night, times the floor", "peak mebibytes of a process"),
    ("A night with nothing new", "nights", "a night with nothing new, times the floor", ""),
    ("A council's share of one build of all", "together", "a council's share, times the floor", "peak mebibytes"),
    ("The same, with nothing new", "together", "a council's share with nothing new, times the floor", ""),
    ("A council's share of a join", "joined", "a council's share, times the floor", "peak mebibytes"),
    ("The same, with nothing new", "joined", "a council's share with nothing new, times the floor", ""),
)


def ratios() -> str:
    """Return a table of each kind of night with its ratio."""
    found = measured("night")["ratios"]
    rows = [f"| {night} | {found[name]:.1f} | {floor} |" for night, name, floor in NIGHTS]
    return "\n".join(["| A night | Processor time, times its floor | Floor |", "|---|---:|---|", *rows, ""])


def counts() -> str:
    """Return a table of what a first night does, in numbers."""
    found = measured("night")["counts of a first night"]
    rows = [f"| {name} | {number:,} |" for name, number in found.items()]
    return "\n".join(["| In a first night | Number |", "|---|---:|", *rows, ""])


def intake() -> str:
    """Return a table of what taking returns in costs beside bare readings of the same files."""
    found = measured("intake")["ratios"]
    rows = [
        f"| {floor} | " + " | ".join(f"{found[f'{step}, times {floor}']:.2f}" for step in STEPS) + " |"
        for floor in READINGS
    ]
    return "\n".join(["| Times | Gate and reading | Gate to receipt |", "|---|---:|---:|", *rows, ""])


def peers() -> str:
    """Return a table of what a night costs beside the same small job done with other tools."""
    found = measured("peers")["ratios"]
    rows = [
        f"| {peer} | {found[f'first, times {peer}']:.1f} | {found[f'nothing new, times {peer}']:.2f} |"
        for peer in PEERS
    ]
    return "\n".join(["| Times | A first night | A night with nothing new |", "|---|---:|---:|", *rows, ""])


def volumes() -> str:
    """Return a table of what a build costs at each volume."""
    rows = [
        f"| {each['lines']:,} | {each['positions']:,} | {each['times the floor']:.2f} | {each['peak mebibytes']:,} |"
        for each in measured("volume")["volumes"]
    ]
    head = "| Savings lines | Positions built | Processor time, times the same SQL bare | Most memory, MiB |"
    return "\n".join([head, "|---:|---:|---:|---:|", *rows, ""])


def growth() -> str:
    """Return a table of what a night with one new return costs after years of returns."""
    rows = [
        f"| {each['years']} | {each['returns before']:,} | {each['times the night after one return']:.2f} |"
        for each in measured("growth")["after"]
    ]
    head = "| Years | Returns before | Processor time, times the night after one return |"
    return "\n".join([head, "|---:|---:|---:|", *rows, ""])


def councils() -> str:
    """Return a table of what the nights of councils and joining their releases cost."""
    found = measured("councils")
    rows = [
        f"| {what} | {found[part]['councils']} | {found[part][times]:.3g} | {found[part].get(memory, '')} |"
        for what, part, times, memory in OF_COUNCILS
    ]
    head = "| | Councils | Processor time of each, times its SQL bare | Most memory of a process, MiB |"
    return "\n".join([head, "|---|---:|---:|---:|", *rows, ""])


def councils_on_spark() -> str:
    """Return a sentence of what one build of many councils costs on Spark, and what was compared."""
    found = measured("councils_on_spark")
    return (
        f"**{found['councils']} councils, built at once: all {found['tables compared']} tables and "
        f"{found['rows compared']:,} rows are the same from Spark and from DuckDB**, and "
        f"{found['positions compared with a plain calculation']:,} positions agree with a plain calculation, to the "
        f"penny. Spark took {found['spark, times duckdb']} times the processor time of DuckDB.\n"
    )


def checks() -> str:
    """Return a sentence of what Great Expectations costs beside one query for each suite."""
    found = measured("checks")
    return (
        f"Great Expectations' {found['checks']} checks cost {found['checks, times the queries']:.1f} times "
        f"{found['queries']} queries, one for each suite, that come to the same verdicts; with what each "
        f"imports, {found['checks with importing, times the queries with importing']:.1f} times.\n"
    )


def year_of_councils() -> str:
    """Return a sentence of how long many councils' year took to be taken in."""
    found = measured("year_of_councils")
    return (
        f"**A year of {found['councils']:,} councils, {found['returns']:,} returns, was taken in within "
        f"{found['minutes']:.0f} minutes on {found['cores']} cores**. It took "
        f"{found[f'processor time, times {_TWO_PASSES}']:.2f} times the processor time of {_TWO_PASSES}.\n"
    )


def verdicts() -> str:
    """Return a sentence of what a verdict costs after many accepted returns."""
    found = measured("verdict")
    return (
        f"After {found['returns_before_the_last']:,} accepted returns of its directorate a verdict costs "
        f"{found['times_the_first_verdict']:.2f} times the first one's processor time, and a night with one return "
        f"{found['times_the_first_night']:.1f} times: its desk lists all that was sent.\n"
    )


def engines() -> str:
    """Return a sentence of what a build on Spark costs beside one on DuckDB."""
    volumes = measured("engines")["volumes"]
    each = " and ".join(f"{found['spark, times duckdb']} times for {found['lines']:,} lines" for found in volumes)
    return f"On one machine Spark took {each} the processor time of DuckDB, with the same pounds to the penny.\n"


def quoted() -> Mapping[str, str]:
    """Return every table and sentence, by the name of the part of the engineers' page that it stands in."""
    return {
        "night": "\n".join([ratios(), counts()]),
        "peers": peers(),
        "checks": checks(),
        "intake": intake(),
        "year-of-councils": year_of_councils(),
        "verdicts": verdicts(),
        "growth": growth(),
        "volumes": volumes(),
        "councils": councils(),
        "councils-on-spark": councils_on_spark(),
        "engines": engines(),
    }


def measured(name: str) -> dict[str, Any]:
    """Return what a benchmark wrote."""
    found: dict[str, Any] = json.loads((PROJECT / "benchmarks" / f"{name}.json").read_bytes())
    return found
