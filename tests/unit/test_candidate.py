"""The candidate: filled exactly as its contract says or not at all, and read without a way out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_project import candidate as scratch
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES

RULE = RAW_TABLES["rule"]
SPAN = datetime(2021, 4, 1)  # noqa: DTZ001 - as in the candidate: UTC without zone
D01 = {"rule_code": "D01", "rule_name": "A rule", "severity": "B", "who_fixes": "directorate", "sort_order": 1}
GAP = REFERENCE_TABLES["budget_gap"]


def gap_row(amount: Any) -> dict[str, Any]:
    return dict.fromkeys(GAP.names) | {
        "plan_version": "1",
        "financial_year": "2022/23",
        "component": "Council tax",
        "amount_gbp": amount,
        "basis": "as printed",
        "is_unidentified": False,
        "source": "13.1",
        "known_from_at": SPAN,
    }


def empty(contract: dict[str, pa.Schema]) -> dict[str, pa.Table]:
    return {name: schema.empty_table() for name, schema in contract.items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "build" / "candidate.duckdb"


def test_every_table_of_the_contract_is_there_also_when_empty(path: Path):
    counts = scratch.create(path, empty(RAW_TABLES), empty(REFERENCE_TABLES))

    assert set(counts) == {f"raw.{name}" for name in RAW_TABLES} | {f"reference.{name}" for name in REFERENCE_TABLES}
    assert set(counts.values()) == {0}
    with scratch.read(path) as connection:
        for schema, contract in (("raw", RAW_TABLES), ("reference", REFERENCE_TABLES)):
            for name, columns in contract.items():
                assert connection.table(f"{schema}.{name}").to_arrow_table().schema.names == columns.names


def test_types_survive_the_way_into_duckdb(path: Path):
    scratch.create(path, empty(RAW_TABLES), empty(REFERENCE_TABLES))

    with scratch.read(path) as connection:
        submission = connection.table("raw.submission")
        types = dict(zip(submission.columns, map(str, submission.types), strict=True))
    assert types["control_baseline_gbp"] == "DECIMAL(14,2)"
    assert types["received_at"] == "TIMESTAMP"
    assert types["as_at_date"] == "DATE"
    assert types["receipt_seq"] == "BIGINT"


AMOUNTS = st.decimals(min_value=Decimal("-999999999999.99"), max_value=Decimal("999999999999.99"), places=2)


@settings(max_examples=5)
@given(st.lists(AMOUNTS, min_size=30))
def test_pounds_arrive_to_the_penny(tmp_path: Path, amounts: list[Decimal]):
    path = tmp_path / "candidate.duckdb"
    reference = empty(REFERENCE_TABLES) | {"budget_gap": scratch.to_table(GAP, map(gap_row, amounts))}
    scratch.create(path, empty(RAW_TABLES), reference)

    with scratch.read(path) as connection:
        arrived = connection.sql("select amount_gbp from reference.budget_gap").fetchall()
    assert sorted(amount for (amount,) in arrived) == sorted(amounts)


@pytest.mark.parametrize("amount", [Decimal("1.005"), Decimal("1000000000000.00"), 1.5, "12"])
def test_an_amount_that_does_not_fit_is_refused_and_never_rounded(amount: Any):
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError)):
        scratch.to_table(GAP, [gap_row(amount)])


def test_what_was_there_is_thrown_away(path: Path):
    filled = empty(RAW_TABLES) | {"rule": scratch.to_table(RULE, [D01])}
    first = scratch.create(path, filled, empty(REFERENCE_TABLES))
    scratch.wal_of(path).write_bytes(b"of a process that was killed")
    second = scratch.create(path, empty(RAW_TABLES), empty(REFERENCE_TABLES))

    assert (first["raw.rule"], second["raw.rule"]) == (1, 0)
    assert not scratch.wal_of(path).exists()


@pytest.mark.parametrize(
    ("changed", "names"),
    [({"sort_order": ...}, r"\['sort_order'\]"), ({"rule_title": "ab"}, r"\['rule_title'\]")],
)
def test_a_row_with_a_column_too_few_or_too_many_is_refused_by_name(changed: dict[str, Any], names: str):
    row = {name: value for name, value in (D01 | changed).items() if value is not ...}

    with pytest.raises(ValueError, match=names):
        scratch.to_table(RULE, [row])


def test_a_null_where_there_may_be_none_is_refused_by_name():
    with pytest.raises(ValueError, match="rule_name is null in 1 of 2 rows"):
        scratch.to_table(RULE, [D01, D01 | {"rule_name": None}])


def test_a_missing_table_is_refused_and_nothing_is_written(path: Path):
    raw = empty(RAW_TABLES)
    del raw["risk"]

    with pytest.raises(ValueError, match=r"schema raw is not its tables; differing: \['risk'\]"):
        scratch.create(path, raw, empty(REFERENCE_TABLES))
    assert not path.exists()


def test_a_table_of_another_schema_is_refused(path: Path):
    reference = empty(REFERENCE_TABLES) | {"theme": pa.table({"code": ["T1"]})}

    with pytest.raises(ValueError, match=r"reference\.theme is not of its schema"):
        scratch.create(path, empty(RAW_TABLES), reference)


@pytest.mark.parametrize(
    "statement",
    [
        "create table raw.more (a int)",
        "delete from raw.submission",
        "copy raw.submission to 'out.csv'",
        "export database 'out'",
        "attach 'other.duckdb' as other",
        "select * from read_csv('/etc/passwd')",
        "select * from glob('/etc/*')",
        "install httpfs",
        "set enable_external_access = true",
        "set memory_limit = '64GB'",
    ],
)
def test_whoever_reads_the_candidate_reaches_nothing_else(path: Path, statement: str):
    """F-F01, F-F03, F-F16."""
    scratch.create(path, empty(RAW_TABLES), empty(REFERENCE_TABLES))

    with scratch.read(path) as connection, pytest.raises(duckdb.Error):
        connection.execute(statement)


def test_a_candidate_that_is_not_there_cannot_be_read(path: Path):
    with pytest.raises(duckdb.IOException, match="does not exist"):
        scratch.read(path)
