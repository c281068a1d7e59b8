"""The semantic layer says what the marts say: every metric, whole and by what it may be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from tests.report_returns import LINES, SERVICES, lines_of, the_council
from tests.scenarios import line
from tests.semantic_layer import SemanticLayer

# Each metric beside the column of a mart that it has to equal, at the latest period.
TABLE_1 = {
    "baseline": "baseline_gbp",
    "original_baseline": "original_baseline_gbp",
    "counted_projected": "projected_gbp",
    "deferred": "deferred_gbp",
    "undeliverable": "undeliverable_gbp",
    "unexplained": "unexplained_gbp",
    "over_achieved": "over_achieved_gbp",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SemanticLayer, duckdb.DuckDBPyConnection]]:
    """Two periods of which the second stands; a line that is not cashable, one written off, two paid by the fund."""
    scenario = the_council()
    scenario.add(
        "approved_plan",
        {"saving_ref": "AH-21-006", "plan_year": "2021/22", "directorate_code": "AH", "is_cashable": False,
         "baseline_gbp": 200_000},
    )  # fmt: skip
    scenario.add(
        "decision", {"decision_ref": "CAB-12", "body": "Cabinet", "decided_on": date(2021, 10, 5), "title": "x"}
    )
    beside = line("AH-21-006", 200_000, 150_000, cashable="Non-cashable", service=SERVICES["AH"])
    for directorate in LINES:
        scenario.send(directorate, "2021/22", "P06", lines_of(directorate))
    for directorate in LINES:
        rows = lines_of(directorate)
        rows[0] |= {"fund_ref": "TF-0001", "achieved_to_date_gbp": Decimal(1000), "budget_code": "AB12345"}
        if directorate == "AH":
            rows[1] |= {"undeliverable_gbp": Decimal(900_000), "decision_ref": "CAB-12"}
            rows.append(beside)
        scenario.send(directorate, "2021/22", "P07", rows, certification="Certified")
    folder = tmp_path_factory.mktemp("semantic")
    with scenario.build(folder) as connection:
        (manifest,) = folder.rglob("semantic_manifest.json")
        yield SemanticLayer(manifest, connection), connection


def test_every_metric_is_proved_here(built) -> None:
    layer, _ = built
    proved = {*TABLE_1, "achieved", "delivered", "fund_return", "delivery_rate"}
    assert set(layer.metrics()) == proved


@pytest.mark.parametrize(("metric", "column"), TABLE_1.items())
def test_a_metric_is_table_1_by_directorate_and_in_all(built, metric: str, column: str) -> None:
    layer, connection = built
    table_1 = f"from marts.rpt_cabinet_table_1 where reporting_period = 'P07' and {column} <> 0"
    of_each = connection.execute(f"select directorate_code, {column} {table_1} and not is_total order by 1").fetchall()
    asked = layer.ask([metric], ["directorate__directorate_code"])
    assert [(code, amount) for code, amount in asked if amount] == of_each
    total = connection.execute(f"select {column} {table_1} and is_total").fetchall()
    assert layer.ask([metric]) == total
    assert total[0][0] > 0


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("achieved", "select sum(achieved_to_date_gbp) from marts.fct_savings_position where {latest}"),
        ("delivered", "select sum(delivered_gbp) from marts.fct_savings_position where {latest}"),
        (
            "fund_return",
            "select sum(counted_projected_gbp) from marts.fct_savings_position where {latest} and fund_ref is not null",
        ),
    ],
)
def test_a_metric_is_the_sum_over_the_latest_period_s_cashable_lines(built, metric: str, expected: str) -> None:
    layer, connection = built
    total = connection.execute(expected.format(latest="is_latest_period and is_cashable")).fetchall()
    assert layer.ask([metric]) == total
    assert total[0][0] > 0


def test_a_period_is_asked_for_by_its_key(built) -> None:
    layer, connection = built
    p06 = "select projected_gbp from marts.rpt_cabinet_table_1 where reporting_period = 'P06' and is_total"
    where = "{{ Dimension('position__period_key') }} = 202106"
    assert layer.ask(["counted_projected"], where=where) == connection.execute(p06).fetchall()


def test_the_financial_year_is_a_granularity_of_time_and_takes_its_last_period(built) -> None:
    layer, connection = built
    p07 = "select plan_year, baseline_gbp from marts.rpt_cabinet_table_1 where reporting_period = 'P07' and is_total"
    assert layer.ask(["baseline"], ["metric_time__financial_year"]) == connection.execute(p07).fetchall()


def test_the_delivery_rate_has_its_numerator_and_denominator_beside_it(built) -> None:
    layer, _ = built
    ((rate, projected, baseline),) = layer.ask(["delivery_rate", "counted_projected", "baseline"])
    assert round(Decimal(rate), 6) == round(projected / baseline, 6)
