"""Pages of odd releases: a period whose own year has no row of Table 1, and references that look alike."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest

from publishing.site.blocks import Block, Table
from publishing.site.figures import Facts, Period, Record
from publishing.site.pages import changes, lines, overview

_MEASURES = ("baseline", "projected", "deferred", "undeliverable", "unexplained", "not_reported")
_POUNDS = [f"{name}_gbp" for name in _MEASURES]


@pytest.fixture
def older_lines_alone() -> Iterator[Facts]:
    """A release whose latest return, of 2026/27 P03, has lines of the plan of 2025/26 alone."""
    with duckdb.connect() as connection:
        connection.execute(
            "create schema marts; use marts;"
            "create table dim_reporting_period as select 202603 as period_key, '2026/27' as reporting_year, "
            "'P03' as reporting_period;"
            "create table fct_savings_position as select 202603 as period_key, true as is_latest_period, "
            "true as is_current;"
            "create table rpt_cabinet_table_1 as select 1 as table_1_key, '2025/26' as plan_year, 202603 as period_key,"
            f" true as is_total, 'Council' as directorate_name, {', '.join(f'10.00 as {name}' for name in _POUNDS)};"
            "create table meta_data_dictionary (table_name varchar, column_name varchar, unit varchar)"
        )
        units = dict.fromkeys(("table_1_key", "plan_year"), "none") | dict.fromkeys(_POUNDS, "pounds")
        connection.executemany(
            "insert into meta_data_dictionary values ('rpt_cabinet_table_1', ?, ?)", list(units.items())
        )
        yield Facts(connection)


def test_a_period_whose_own_year_has_neither_plan_nor_return_has_a_first_page(older_lines_alone: Facts) -> None:
    page = overview.page(older_lines_alone)
    assert str(page.lead) == "No directorate has a plan for 2026/27, or is to report at P03."
    (table,) = page.blocks
    assert isinstance(table, Table)
    assert str(table.caption) == "Plans of other years, as reported at 2026/27 P03"


def _line(ref: str, year: str = "2021/22") -> Record:
    return Record("rpt_line_detail", ref, {"saving_ref": ref, "plan_year": year, "baseline_gbp": Decimal(1)}, {})


def test_each_line_has_a_page_of_its_own() -> None:
    refs = ["S-1", "S/1", "S_1", "S--1", "S 1", "S.1", "S_2F1", "S-1-2021"]
    assert len({lines.href(_line(ref)) for ref in refs} | {lines.href(_line("S-1", "2022/23"))}) == len(refs) + 1


def test_a_page_of_a_line_is_called_by_its_reference_and_year() -> None:
    assert lines.href(_line("AH-21-001")) == "line-ah-21-001-2021-22.html"


class _Told:
    """What a release says of Table 1's total before, and of the lines that changed since."""

    def __init__(self, projected: Decimal | None) -> None:
        total = {"reporting_period": "P05", "projected_gbp": projected}
        changed = [{"saving_key": number, "plan_year": f"202{number}/2{number + 1}"} for number in (1, 2)]
        self._rows = {"rpt_cabinet_table_1": [total], changes.MART: changed}

    def records(self, mart: str, *_: object, **__: object) -> list[Record]:
        return [Record(mart, "1", row, {"projected_gbp": "pounds"}) for row in self._rows[mart]]


def _in_short(projected: Decimal | None) -> list[Block]:
    row = {"plan_year": "2022/23", "reporting_year": "2022/23", "projected_gbp": Decimal(10)}
    total = Record("rpt_cabinet_table_1", "2", row, {"projected_gbp": "pounds"})
    return changes.in_short(_Told(projected), Period(202206, "2022/23", "P06"), total)


def test_what_changed_counts_the_savings_of_the_plan_year_whose_pounds_it_names() -> None:
    # A line of 2021/22 changed too, and is in neither sum.
    (block,) = _in_short(Decimal(7))
    ((_, said),) = block.links
    assert str(said) == "£7 was projected at P05, £10 at P06. 1 saving projects another amount."


def test_nothing_is_said_to_have_changed_since_a_period_that_nobody_had_reported() -> None:
    assert _in_short(None) == []
