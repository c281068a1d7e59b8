"""The contract with BI, ``savings_v2``: what its names and keys promise, asked of every published table (ruling G).

Here belongs what holds of the declared columns of all tables alike. Not here: the dbt project's own
rules (``test_dbt_project_rules``) and the values of a build (``test_contract_values``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dbt_project.published import CONTRACT, PublishedColumn, PublishedTable, published_tables
from publishing.release_tables import RELEASE_TABLES, ReleaseTable

Tables = tuple[PublishedTable | ReleaseTable, ...]
YEAR_ITSELF = ("dim_financial_year", "bridge_year_phase")


def _columns(tables: Tables) -> Iterator[tuple[str, Any]]:
    return ((table.name, column) for table in tables for column in table.columns)


def _names(table: PublishedTable | ReleaseTable) -> set[str]:
    return {column.name for column in table.columns}


def bare_years(tables: Tables) -> list[str]:
    """A year says of what it is: of the plan, of reporting, of delivery (ruling G3)."""
    bare = ("financial_year", "financial_year_key")
    return [
        f"{name}.{column.name}" for name, column in _columns(tables) if column.name in bare and name not in YEAR_ITSELF
    ]


def periods_without_key(tables: Tables) -> list[str]:
    """What has a period has its key (ruling G3)."""
    periods = {"reporting_period", "forecast_period", "warehouse_period"}
    return [table.name for table in tables if _names(table) & periods and "period_key" not in _names(table)]


def wrong_moments(tables: Tables) -> list[str]:
    """Moments end _at, and nothing else does: what people read are local dates (ruling G3)."""
    return [
        f"{name}.{column.name}"
        for name, column in _columns(tables)
        if (column.data_type == "timestamp") != (column.name.endswith("_at") and column.name != "data_as_at")
    ]


def lines_without_lasting_key(tables: Tables) -> list[str]:
    """What is about a saving has its lasting key, its reference and its plan year (ruling G1)."""
    lasting = {"saving_key", "saving_ref", "plan_year"}
    return [
        table.name
        for table in tables
        if isinstance(table, PublishedTable) and _names(table) & {*lasting - {"plan_year"}, "saving_line_key"}
        if not lasting <= _names(table)
    ]


RULES: tuple[Callable[[Tables], list[str]], ...] = (
    bare_years,
    periods_without_key,
    wrong_moments,
    lines_without_lasting_key,
)


@pytest.fixture(scope="module")
def tables(parsed_manifest: Path) -> Tables:
    return (*published_tables(parsed_manifest), *RELEASE_TABLES)


def test_the_contract_is_the_second():
    """Ruling G8."""
    assert CONTRACT == "savings_v2"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_contract_keeps_the_rule(tables: Tables, rule: Callable[[Tables], list[str]]):
    """Ruling G1, ruling G3."""
    assert rule(tables) == [], rule.__doc__


def _with(tables: Tables, name: str, column: PublishedColumn) -> Tables:
    return tuple(
        dataclasses.replace(table, columns=(*table.columns, column))
        if isinstance(table, PublishedTable) and table.name == name
        else table
        for table in tables
    )


@pytest.mark.parametrize(
    ("rule", "table", "column", "named"),
    [
        (bare_years, "fct_risk", ("financial_year", "varchar"), "fct_risk.financial_year"),
        (periods_without_key, "dim_theme", ("reporting_period", "varchar"), "dim_theme"),
        (wrong_moments, "fct_risk", ("due_at", "date"), "fct_risk.due_at"),
        (wrong_moments, "fct_risk", ("received", "timestamp"), "fct_risk.received"),
        (lines_without_lasting_key, "dim_theme", ("saving_line_key", "bigint"), "dim_theme"),
    ],
)
def test_what_breaks_a_rule_of_the_contract_is_named(
    tables: Tables, rule: Callable[[Tables], list[str]], table: str, column: tuple[str, str], named: str
):
    assert named in rule(_with(tables, table, PublishedColumn(*column, None, "Spoilt.", "none")))
