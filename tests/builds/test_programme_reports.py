"""Themes, funds, the roadmap and risks as a programme board reads them, over a history of two directorates.

The figures of each rule by itself are dbt's unit tests (``test_dbt_unit_tests``); here stand the rules together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_project import run_dbt
from tests.scenarios import Scenario, line

# Up to five themes (R27): three equal ones, a sixth and its rest, and one alone.
THEMES = {
    "PRJ-0001": {"T1": 333_334, "T2": 333_333, "T3": 333_333},
    "PRJ-0002": {"T3": 166_667, "T2": 833_333},
    "PRJ-0003": {"T2": 1_000_000},
}
PENCE = st.integers(min_value=-(10**13), max_value=10**13) | st.integers(min_value=-5, max_value=5)


@dataclass(frozen=True)
class Built:
    """A built candidate, open for changes, and the query of each model upon it."""

    warehouse: duckdb.DuckDBPyConnection
    models: dict[str, str]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.warehouse.sql(query).fetchall()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Adults & Housing reports P06 alone, Place P06 and P07; a fund pays both, one from a line in no list."""
    scenario = Scenario(
        fund=[
            {"fund_ref": "TF-0001", "project_ref": "PRJ-0001", "window_from": "2021/22", "window_to": "2022/23"},
            {"fund_ref": "TF-0002", "project_ref": "PRJ-0003", "window_from": "2021/22", "window_to": "2022/23"},
        ]
    )
    scenario.send(
        "AH",
        "2021/22",
        "P06",
        [
            line("AH-21-001", 100, 60, deferred=40, fund_ref="TF-0001"),
            line("AH-21-002", 50, 40, project_ref="PRJ-0002"),
        ],
        sheets={
            "Projects": [_project("PRJ-0001", date(2021, 9, 30)), _project("PRJ-0002", date(2023, 3, 31))],
            "Investment": [
                {"fund_ref": "TF-0001", "project_ref": "PRJ-0001", "committed_gbp": 30, "annual_ongoing_cost_gbp": 20}
            ],
            "Risks": [{"risk_ref": "R-1", "saving_ref": "AH-21-001", "impact_gbp": 40, "due_date": date(2021, 10, 1)}],
        },
    )
    place = [line("PL-21-001", 70, 70, fund_ref="TF-0009")]
    for period in ("P06", "P07"):
        scenario.send(
            "PL",
            "2021/22",
            period,
            place,
            sheets={
                "Projects": [_project("PRJ-0003", date(2022, 3, 31))],
                "Investment": [{"fund_ref": "TF-0009", "project_ref": "PRJ-0003", "committed_gbp": 140}],
                "Risks": [{"risk_ref": "R-1", "saving_ref": "PL-21-001", "impact_gbp": 70}],
            },
        )
    candidate = scenario.load(tmp_path_factory.mktemp("built"))
    result = run_dbt.build(candidate)
    assert result.success
    nodes = json.loads(Path(result.manifest).read_bytes())["nodes"].values()
    models = {node["name"]: node["compiled_code"] for node in nodes if node["resource_type"] == "model"}
    with duckdb.connect(candidate) as warehouse:
        yield Built(warehouse, models)


def _project(project_ref: str, planned_end: date) -> dict[str, Any]:
    shares = ";".join(f"{code}:{Decimal(weight) / 1_000_000:.6f}" for code, weight in THEMES[project_ref].items())
    return {
        "project_ref": project_ref,
        "project_name": project_ref,
        "theme_code": shares,
        "start_date": date(2021, 4, 1),
        "planned_end": planned_end,
    }


def largest_remainder(pence: int, weights: dict[str, int]) -> dict[str, int]:
    """R41, the plain way: hand out what whole pence leave over, largest remainder first, ties by code."""
    shares = {code: abs(pence) * weight // 1_000_000 for code, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda code: (-(abs(pence) * weights[code] % 1_000_000), code))
    for code in by_remainder[: abs(pence) - sum(shares.values())]:
        shares[code] += 1
    return {code: share if pence >= 0 else -share for code, share in shares.items()}


@given(amounts=st.fixed_dictionaries(dict.fromkeys(THEMES, PENCE)))
@settings(max_examples=40, deadline=None)
def test_whatever_the_pounds_they_are_shared_to_the_penny_by_largest_remainder(built: Built, amounts: dict[str, int]):
    one_row_a_project = "period_key = 202107 and bucket = 'PROJECTED'"
    built.warehouse.begin()
    try:
        built.warehouse.execute(f"delete from marts.fct_savings_allocation where not ({one_row_a_project})")  # noqa: S608 - ours
        for project_ref, pence in amounts.items():
            built.warehouse.execute(
                "update marts.fct_savings_allocation set amount_gbp = ?, bucket = ?"
                " where project_key = (select project_key from marts.dim_project where project_ref = ?)",
                [Decimal(pence) / 100, project_ref, project_ref],
            )
        shares = built.rows(
            "select bucket, theme_code, cast(share_gbp * 100 as bigint)"  # noqa: S608 - our own words
            f" from ({built.models['rpt_theme_savings']})"
        )
    finally:
        built.warehouse.rollback()

    expected = {
        (project_ref, code): share
        for project_ref, pence in amounts.items()
        for code, share in largest_remainder(pence, THEMES[project_ref]).items()
    }
    assert {(bucket, code): share for bucket, code, share in shares} == expected


def test_themes_add_up_to_the_council_in_table_1(built: Built):
    """R27."""
    by_theme = built.rows("""
        select theme_code, sum(share_gbp) from marts.rpt_theme_savings
        where period_key = 202107 and bucket = 'PROJECTED' group by theme_code order by theme_code""")
    council = built.rows("""
        select projected_gbp from marts.rpt_cabinet_table_1
        where reporting_period = 'P07' and plan_year = '2021/22' and is_total""")

    assert by_theme == [("T1", Decimal("20.00")), ("T2", Decimal("123.33")), ("T3", Decimal("26.67"))]
    assert council == [(sum(share for _, share in by_theme),)]


def test_a_fund_line_shows_what_it_gave_and_what_comes_back(built: Built):
    """R28, R48: carried into P07; a line of the list without any news, and one that is in no list."""
    returns = built.rows("""
        select fund_ref, period_key, window_to, committed_gbp, return_gbp, deferred_return_gbp, gross_roi, net_roi,
            payback_months
        from marts.rpt_fund_return order by fund_ref""")

    assert returns == [
        (
            *("TF-0001", 202107, "2022/23", Decimal(30), Decimal(60), Decimal(40)),
            *(Decimal(2), Decimal(1), 5),
        ),
        ("TF-0002", 202107, "2022/23", None, Decimal(0), Decimal(0), None, None, None),
        ("TF-0009", 202107, None, Decimal(140), Decimal(70), Decimal(0), Decimal("0.5"), Decimal("-0.5"), 24),
    ]


def test_the_fund_by_project_and_in_all_is_one_query(built: Built):
    """Q9: ratios of sums, a row a project and the total."""
    total = built.rows("""
        select project_ref, sum(committed_gbp), sum(return_gbp),
            cast(sum(return_gbp) / sum(committed_gbp) as decimal(9, 6))
        from marts.rpt_fund_return
        where window_from = '2021/22' and window_to = '2022/23'
        group by rollup (project_ref) order by project_ref nulls last""")

    assert total == [
        ("PRJ-0001", Decimal(30), Decimal(60), Decimal(2)),
        ("PRJ-0003", None, Decimal(0), None),
        (None, Decimal(30), Decimal(60), Decimal(2)),
    ]


def test_the_roadmap_shows_phases_pounds_and_what_is_overdue_at_the_as_at_date(built: Built):
    """P9: by 31 October the end of September is over; 2022/23 is of two phases."""
    roadmap = built.rows("""
        select project_ref, phase_code, is_overdue, themes, line_count, amount_gbp
        from marts.rpt_roadmap order by project_ref, phase_sort_order, phase_code desc""")

    assert roadmap == [
        ("PRJ-0001", "SHORT", True, "Theme 1; Theme 2; Theme 3", 1, Decimal(100)),
        ("PRJ-0001", "MEDIUM", True, "Theme 1; Theme 2; Theme 3", 1, Decimal(40)),
        ("PRJ-0002", "SHORT", False, "Theme 2; Theme 3", 1, Decimal(40)),
        ("PRJ-0002", "MEDIUM", False, "Theme 2; Theme 3", 0, Decimal(0)),
        ("PRJ-0003", "SHORT", False, "Theme 2", 1, Decimal(70)),
    ]


def test_a_risk_of_each_directorate_is_ranked_and_an_action_falls_overdue_as_periods_pass(built: Built):
    """P10: due on 1 October, so not overdue at the end of September and overdue at that of October."""
    risks = built.rows("""
        select reporting_period, rank_no, directorate_code, risk_ref, impact_gbp, is_overdue, is_carried_forward
        from marts.rpt_top_risk order by period_key, rank_no""")

    assert risks == [
        ("P06", 1, "PL", "R-1", Decimal(70), False, False),
        ("P06", 2, "AH", "R-1", Decimal(40), False, False),
        ("P07", 1, "PL", "R-1", Decimal(70), False, False),
        ("P07", 2, "AH", "R-1", Decimal(40), True, True),
    ]
