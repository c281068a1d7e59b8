"""The semantic layer says what the marts say, and Power BI says what it says: every metric, whole and by what it may be
asked for. P12 and P13 are both in force, which end on one day (R38): one of them counts (R45).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from dbt_project.published import PublishedTable, published_tables
from publishing.powerbi.metrics import SEMANTIC_MANIFEST, Measure, measures
from publishing.powerbi.names import column_name
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


class Built(NamedTuple):
    layer: SemanticLayer
    connection: duckdb.DuckDBPyConnection
    manifest: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Two periods, of which the second stands; a line that is not cashable, one written off, two paid by the fund."""
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
        scenario.send(directorate, "2021/22", "P12", lines_of(directorate))
    for directorate in LINES:
        rows = lines_of(directorate)
        rows[0] |= {"fund_ref": "TF-0001", "achieved_to_date_gbp": Decimal(1000), "budget_code": "AB12345"}
        if directorate == "AH":
            rows[1] |= {"undeliverable_gbp": Decimal(900_000), "decision_ref": "CAB-12"}
            rows.append(beside)
        scenario.send(directorate, "2021/22", "P13", rows, certification="Certified")
    folder = tmp_path_factory.mktemp("semantic")
    with scenario.build(folder) as connection:
        (manifest,) = folder.rglob(SEMANTIC_MANIFEST)
        yield Built(SemanticLayer(manifest, connection), connection, manifest)


def test_every_metric_is_proved_here(built) -> None:
    layer, *_ = built
    proved = {*TABLE_1, "achieved", "delivered", "fund_return", "delivery_rate"}
    assert set(layer.metrics()) == proved


@pytest.mark.parametrize(("metric", "column"), TABLE_1.items())
def test_a_metric_is_table_1_by_directorate_and_in_all(built, metric: str, column: str) -> None:
    layer, connection, _ = built
    table_1 = f"from marts.rpt_cabinet_table_1 where reporting_period = 'P13' and {column} <> 0"
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
    layer, connection, _ = built
    total = connection.execute(expected.format(latest="is_latest_period and is_cashable")).fetchall()
    assert layer.ask([metric]) == total
    assert total[0][0] > 0


def test_a_period_is_asked_for_by_its_key(built) -> None:
    layer, connection, _ = built
    p12 = "select projected_gbp from marts.rpt_cabinet_table_1 where reporting_period = 'P12' and is_total"
    where = "{{ Dimension('position__period_key') }} = 202112"
    assert layer.ask(["counted_projected"], where=where) == connection.execute(p12).fetchall()


@pytest.mark.parametrize(
    ("granularity", "value"),
    [("financial_year", "2021/22"), ("financial_quarter", "2021/22 Q4"), ("day", datetime(2022, 3, 31))],  # noqa: DTZ001 - a day
)
def test_a_stretch_of_time_takes_its_last_period(built, granularity: str, value: object) -> None:
    layer, connection, _ = built
    p13 = "select baseline_gbp from marts.rpt_cabinet_table_1 where reporting_period = 'P13' and is_total"
    ((baseline,),) = connection.execute(p13).fetchall()
    assert layer.ask(["baseline"], [f"metric_time__{granularity}"]) == [(value, baseline)]


def test_the_delivery_rate_has_its_numerator_and_denominator_beside_it(built) -> None:
    layer, *_ = built
    ((rate, projected, baseline),) = layer.ask(["delivery_rate", "counted_projected", "baseline"])
    assert round(Decimal(rate), 6) == round(projected / baseline, 6)


def test_each_measure_of_power_bi_says_what_its_metric_says(built) -> None:
    """The test's own reading of the DAX, beside MetricFlow's own SQL."""
    tables = published_tables(built.manifest.with_name("manifest.json"))
    labels = {metric["label"]: metric["name"] for metric in json.loads(built.manifest.read_bytes())["metrics"]}
    made = measures(built.manifest)
    assert sorted(labels) == sorted(measure.label for measure in made)
    amounts = {measure.label: _asked(measure, built.connection, tables) for measure in made if not measure.is_ratio}
    for label, amount in amounts.items():
        ((expected,),) = built.layer.ask([labels[label]])
        assert amount == expected, label
    assert amounts["Baseline (£)"] == 10_845_000


def _asked(measure: Measure, connection: duckdb.DuckDBPyConnection, tables: tuple[PublishedTable, ...]) -> object:
    """Return what a measure comes to where nothing else is asked for, by reading its DAX as SQL."""
    (table,) = [each for each in tables if each.name == measure.table]
    names = {column_name(column.name): column.name for column in table.columns}

    last_period = ""

    def sql(condition: str) -> str:
        said = re.sub(r"'[^']+'\[([^\]]+)\]", lambda found: names[found[1]], condition.replace('"', "\N{BULLET}"))
        if blank := re.fullmatch(r"NOT ISBLANK\((.+)\)", said):
            return f"{blank[1]} is not null"
        return said.replace("TRUE()", "true").replace("\N{BULLET}", "'").replace("LastPeriod", f"({last_period})")

    first, then = measure.dax.split("RETURN")
    period = sql(re.search(r"MAX\((.+)\)", first)[1])
    conditions = [
        line.strip().rstrip(",")
        for line in first.splitlines()
        if " = TRUE()" in line or ' = "' in line or "NOT" in line
    ]
    last_period = f"select max({period}) from marts.{measure.table} where {' and '.join(map(sql, conditions))}"  # noqa: S608 - as below
    held = re.findall(r"KEEPFILTERS\((.+)\),?$", then, re.MULTILINE)
    assert len(held) == len(conditions) + 1
    added = sql(re.search(r"SUM\((.+)\)", then)[1])
    asked = connection.execute(f"select sum({added}) from marts.{measure.table} where {' and '.join(map(sql, held))}")  # noqa: S608 - names under contract
    return asked.fetchall()[0][0]
