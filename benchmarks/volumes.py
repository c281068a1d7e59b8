"""A candidate of any volume: the typed lines of a built one, copied under other references.

Here belongs the copying, what the copies have to come to, and going through the volumes. Not here: what is measured at
each (``bench_volume``, ``bench_engines``).

A copy is a saving, project, fund, risk or proposal of its own, in the same returns: its reference has a number more,
and its rows stand further down in the sheet. So a build of K copies has K times the pounds of the base, to the penny,
whichever way the SQL takes to it.
"""
# ruff: noqa: S608 - the SQL here is the project's own

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.bare_sql import BUILT
from dbt_project import candidate as scratch
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from sources.template.declaration import SHEETS

_LINES = "raw.savings_line"
_REFERENCES = ("saving_ref", "replaces_ref", "project_ref", "fund_ref", "risk_ref", "idea_ref", "change_ref")
_OF_THE_LINES = {f"raw.{sheet.table}" for sheet in SHEETS}
_OF_THE_PLAN = {"reference.approved_plan", "reference.plan_change", "reference.fund"}
# Further down than any row of a sheet is, and a copy of it fits beneath.
_ROWS_APART = 2_000
_MEASURES = ("baseline_gbp", "achieved_to_date_gbp", "counted_projected_gbp", "deferred_gbp", "delivered_gbp")
_POUNDS = f"""
    select period_key, is_current, count(*), {", ".join(f"sum({measure})" for measure in _MEASURES)}
    from marts.fct_savings_position
    group by all
    order by all
"""


def multiply(base: Path, target: Path, times: int) -> None:
    """Write a candidate with the typed lines and the plan of another, that many times, and nothing built of it.

    Args:
        base: A candidate; stays as it is.
        target: Where the other one is written.
        times: How often each line is there.
    """
    shutil.copy(base, target)
    with scratch.change(target) as connection:
        for schema in BUILT:
            connection.execute(f"drop schema if exists {schema} cascade")
        for schema, tables in (("raw", RAW_TABLES), ("reference", REFERENCE_TABLES)):
            for name, columns in tables.items():
                if replaced := _replaced(f"{schema}.{name}", columns.names, times):
                    _replace(connection, f"{schema}.{name}", replaced, times)


def lines_of(candidate: Path) -> int:
    """Return how many savings lines a candidate has."""
    with scratch.read(candidate) as connection:
        return len(connection.table(_LINES))


def measure_each(
    at: Callable[[Path, int, Path], dict[str, Any]], base: Path, volumes: Iterable[int], result: Path
) -> None:
    """Measure at each volume, and write the result after each, since the next may take long; print it at the end.

    Args:
        at: Measures a base, copied so many times, in a folder.
        base: A candidate; stays as it is.
        volumes: About how many lines.
        result: The file that the result is written to.
    """
    lines, found = lines_of(base), []
    for wanted in volumes:
        with tempfile.TemporaryDirectory() as folder:
            found.append(at(base, max(1, round(wanted / lines)), Path(folder)))
        result.write_text(json.dumps({"base": lines, "volumes": found}, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(result.read_text(encoding="utf-8"))


def _replaced(table: str, columns: list[str], times: int) -> dict[str, str]:
    """Return what a copy has in place of a column; nothing for what is not copied."""
    if table == "raw.submission":
        sums = [name for name in columns if name.startswith(("rows_", "control_", "judged_")) and name != "judged_at"]
        return {name: f"{name} * {times}" for name in sums}
    if table == "reference.printed_plan_total":
        return {"baseline_gbp": f"baseline_gbp * {times}"}
    if table not in _OF_THE_LINES | _OF_THE_PLAN:
        return {}
    names = {name: f"case copy when 0 then {name} else {name} || '-' || copy end" for name in _REFERENCES}
    rows = {"source_row": f"source_row + copy * {_ROWS_APART}"}
    return {name: changed for name, changed in (names | rows).items() if name in columns}


def _replace(connection: duckdb.DuckDBPyConnection, table: str, replaced: dict[str, str], times: int) -> None:
    is_copied = table in _OF_THE_LINES | _OF_THE_PLAN
    changed = ", ".join(f"cast({sql} as {{{name}}}) as {name}" for name, sql in replaced.items())
    types = {name: kind for name, kind, *_ in connection.execute(f"describe {table}").fetchall()}
    copies = f"range({times if is_copied else 1}) as copies (copy)"
    connection.execute(f"alter table {table} rename to base")
    schema = table.partition(".")[0]
    connection.execute(
        f"create table {table} as select base.* replace ({changed.format(**types)}) from {schema}.base, {copies}"
    )
    connection.execute(f"drop table {schema}.base")


def pounds(built: Path) -> list[tuple[object, ...]]:
    """Return how many positions a built candidate has and what they come to, by period, current and earlier."""
    with scratch.read(built) as connection:
        return connection.execute(_POUNDS).fetchall()


def times_as_much(base: list[tuple[object, ...]], times: int) -> list[tuple[object, ...]]:
    """Return what that many copies come to."""
    return [(period, is_current, *(each * times for each in sums)) for period, is_current, *sums in base]
