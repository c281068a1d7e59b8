"""The page of checks: what to look into and who acts first, then what only warns and why, then every check."""

from __future__ import annotations

import duckdb

from publishing.site.blocks import Page, Table, Tag
from publishing.site.figures import Facts
from publishing.site.pages.quality import checks

_COLUMNS = (
    "check_name varchar, engine varchar, table_name varchar, severity varchar, status varchar, observed varchar, "
    "failing_keys varchar, who_acts varchar, reason varchar"
)
ONE_ROW = ("dim_rag__one_row_per_code", "gx", "dim_rag", "error", "pass", "0 of 6 rows", None, "data team", None)
KEPT = ("dim_rag__keeps_its_contract", "duckdb", "dim_rag", "error", "pass", "5 constraints", None, "data team", None)
WARNS = (
    *("fct_savings_position__nearly_every_line_has_a_forecast", "gx", "fct_savings_position", "warn", "fail"),
    *("3 of 9 rows", "AH-21-001 2021/22 202106", "directorate officer", "2026-11-20: a blank means unknown."),
)
LET_PASS = ("fct_risk__has_most_rows", "gx", "fct_risk", "error", "overridden", "1 of 9 rows", None, "finance", None)


def page(*rows: tuple[str | None, ...]) -> Page:
    with duckdb.connect() as connection:
        connection.execute(f"create schema marts; create table marts.fct_check_result ({_COLUMNS})")
        connection.executemany(f"insert into marts.fct_check_result values ({', '.join('?' * 9)})", rows)  # noqa: S608
        return checks(Facts(connection))


def tables(found: Page) -> dict[str, list[list[str]]]:
    return {
        str(block.caption): [[cell.text if isinstance(cell, Tag) else str(cell) for cell in row] for row in block.rows]  # type: ignore[misc]
        for block in found.blocks
        if isinstance(block, Table)
    }


def test_what_did_not_pass_is_first_with_its_rows_and_who_acts():
    found = page(ONE_ROW, KEPT, WARNS)
    assert str(found.lead) == "2 of 3 checks passed on the tables of this release."
    first = next(iter(tables(found)))
    assert tables(found)[first] == [
        [
            "Nearly every line has a forecast",
            "fct_savings_position",
            "3 of 9 rows",
            "AH-21-001 2021/22 202106",
            "Directorate officer",
            "Did not pass",
        ]
    ]


def test_a_check_that_only_warns_says_since_when_and_why():
    ((*_, reason, who, _),) = tables(page(ONE_ROW, WARNS))["Checks that only warn, since when and why"]
    assert (reason, who) == ("2026-11-20: a blank means unknown.", "Directorate officer")


def test_every_check_is_under_its_table_with_who_ran_it():
    assert tables(page(ONE_ROW, KEPT))["dim_rag"] == [
        ["Keeps its contract", "DuckDB", "5 constraints", "Passed"],
        ["One row per code", "Great Expectations", "0 of 6 rows", "Passed"],
    ]


def test_what_a_post_let_pass_is_said():
    ((*_, outcome),) = tables(page(ONE_ROW, LET_PASS))["Checks to look into"]
    assert outcome == "Let pass by a post"


def test_where_all_passed_there_is_nothing_to_look_into():
    assert list(tables(page(ONE_ROW, KEPT))) == ["dim_rag"]
