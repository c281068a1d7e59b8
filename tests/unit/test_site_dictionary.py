"""The data dictionary's pages: a column names the columns of returns that it comes from, each table once."""

from __future__ import annotations

import duckdb

from publishing.site.blocks import Table
from publishing.site.figures import Facts
from publishing.site.pages.about import dictionary

_COLUMNS = "table_name, column_name, data_type, unit, description, comes_from"
FROM_TWO = "raw.savings_line.plan_year, raw.savings_line.saving_ref, reference.plan_change.plan_year"


def test_a_column_says_which_columns_of_which_tables_it_comes_from():
    said = _said(("fct_position", "saving_ref", "varchar", "none", "Its reference.", FROM_TWO))
    assert said == [
        "saving_ref",
        "varchar",
        "none",
        "Its reference.",
        "savings_line: plan_year, saving_ref; reference.plan_change: plan_year",
    ]


def test_a_column_that_comes_from_nowhere_says_nothing():
    assert _said(("fct_position", "position_key", "bigint", "none", "Its key.", None))[-1] == ""


def _said(row: tuple[str | None, ...]) -> list[str]:
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name} varchar" for name in _COLUMNS.split(", "))
        connection.execute(f"create schema marts; create table marts.meta_data_dictionary ({columns})")
        connection.execute("insert into marts.meta_data_dictionary values (?, ?, ?, ?, ?, ?)", row)
        connection.execute("create table fct_position (position_key bigint)")
        _, page = dictionary(Facts(connection))
    (table,) = page.blocks
    assert isinstance(table, Table)
    return [str(cell) for cell in table.rows[0]]
