"""Directorates as then and as now: a reorganisation moves no pound of history (R23)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from tests.scenario_reference import FIRST_DAY
from tests.scenarios import Scenario, line

LAST_DAY, NEXT_DAY = date(2022, 3, 31), date(2022, 4, 1)
# The two documented ways to group any fact by directorate.
AS_THEN = "position.directorate_key"
AS_NOW = "line.current_directorate_key"


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """Children's is dissolved into Place; care goes to Adults & Housing, and nobody goes on with play.

    That Adults & Housing are to go on in Place in 2030, that Play will be a directorate, and that it will have play is
    announced, and moves nothing yet.
    """
    scenario = Scenario(
        directorate=[
            {
                "directorate_code": "AH",
                "directorate_name": "Adults & Housing",
                "valid_to": date(2030, 3, 31),
                "successor_code": "PL",
            },
            {
                "directorate_code": "CH",
                "directorate_name": "Children's",
                "valid_to": LAST_DAY,
                "successor_code": "PL",
            },
            {"directorate_code": "PL", "directorate_name": "Place", "valid_to": LAST_DAY},
            {"directorate_code": "PL", "directorate_name": "Place and Play", "valid_from": NEXT_DAY},
            {"directorate_code": "PY", "directorate_name": "Play", "valid_from": date(2023, 4, 1)},
        ],
        service=[
            {"service_code": "AH1", "directorate_code": "AH"},
            {"service_code": "CARE", "directorate_code": "CH", "valid_from": FIRST_DAY, "valid_to": LAST_DAY},
            {"service_code": "CARE", "directorate_code": "AH", "valid_from": NEXT_DAY},
            {"service_code": "PLAY", "directorate_code": "CH", "valid_to": LAST_DAY},
        ],
    )
    moves = (("CH-21-001", "AH", "2022/23"), ("CH-21-002", "PL", "2022/23"), ("CH-21-002", "PY", "2023/24"))
    for saving_ref, receiver, year in moves:
        move = {"change_ref": f"M-{receiver}", "change_type": "Move", "directorate_code": receiver}
        when = {"effective_year": year, "effective_period": "P01", "decision_ref": "D-1"}
        scenario.add("plan_change", {"saving_ref": saving_ref, "plan_year": "2021/22", **move, **when})
    care = line("CH-21-001", 1000, 600, service="CARE", plan_year="2021/22")
    play = line("CH-21-002", 200, 150, service="PLAY", plan_year="2021/22")
    adults = line("AH-21-001", 50, 50, service="AH1", plan_year="2021/22")
    scenario.send("CH", "2021/22", "P06", [care, play])
    scenario.send("AH", "2021/22", "P06", [adults])
    scenario.send("AH", "2022/23", "P06", [adults, care])
    scenario.send("PL", "2022/23", "P06", [play])
    with scenario.work_out() as connection:
        yield connection


def baselines(warehouse: duckdb.DuckDBPyConnection, directorate_key: str, period_key: int) -> dict[str, Decimal]:
    return dict(
        warehouse.sql(
            f"""
            select directorate.directorate_name, sum(position.baseline_gbp)
            from marts.fct_savings_position as position
            inner join marts.dim_saving_line as line on position.saving_line_key = line.saving_line_key
            inner join marts.dim_directorate as directorate on {directorate_key} = directorate.directorate_key
            where position.is_current and position.period_key = {period_key}
            group by directorate.directorate_name"""  # noqa: S608 - our own words
        ).fetchall()
    )


def test_as_then_history_stays_with_the_directorates_of_its_day(warehouse: duckdb.DuckDBPyConnection):
    assert baselines(warehouse, AS_THEN, 202106) == {"Adults & Housing": 50, "Children's": 1200}


def test_as_now_history_goes_with_the_service_and_else_to_the_successor(warehouse: duckdb.DuckDBPyConnection):
    assert baselines(warehouse, AS_NOW, 202106) == {"Adults & Housing": 1050, "Place and Play": 200}


@pytest.mark.parametrize("period_key", [202106, 202206])
def test_both_have_the_same_total(warehouse: duckdb.DuckDBPyConnection, period_key: int):
    totals = {key: sum(baselines(warehouse, key, period_key).values()) for key in (AS_THEN, AS_NOW)}

    assert totals == {AS_THEN: 1250, AS_NOW: 1250}


@pytest.mark.parametrize(
    ("dimension", "columns", "expected"),
    [
        ("dim_directorate", "directorate_name", [("Adults & Housing",), ("Place and Play",)]),
        ("dim_service", "directorate_code, service_code", [("AH", "AH1"), ("AH", "CARE")]),
        (
            "dim_saving_line",
            "directorate_code, saving_ref",
            [("AH", "AH-21-001"), ("AH", "CH-21-001"), ("PL", "CH-21-002")],
        ),
    ],
)
def test_what_is_current_holds_today(
    warehouse: duckdb.DuckDBPyConnection, dimension: str, columns: str, expected: list[tuple[str, ...]]
):
    """R23: neither what is announced nor what has ended; of a saving, one row each."""
    current = warehouse.sql(f"select {columns} from marts.{dimension} where is_current order by all")  # noqa: S608 - our own words
    assert current.fetchall() == expected
