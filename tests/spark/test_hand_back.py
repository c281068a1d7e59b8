"""The candidate holds what comes back from Spark to its contract; Spark itself takes what breaks it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.engines import Spark
from dbt_project.invocation import DbtFailed

MOMENT = datetime(2021, 10, 8, 9, tzinfo=UTC)
SCHEMA = pa.schema(
    [
        ("amount_gbp", pa.decimal128(14, 2)),
        ("rag_key", pa.int64()),
        # As Spark writes them.
        ("known_from_at", pa.timestamp("us", "UTC")),
    ]
)
ROW = {"rag_key": 1, "amount_gbp": Decimal("0.10"), "known_from_at": MOMENT}
COLUMNS = {
    "rag_key": ("bigint", ("not_null", "primary_key")),
    "amount_gbp": ("decimal(14,2)", ("not_null",)),
    "known_from_at": ("timestamp", ()),
}


def handed_back(folder: Path, rows: list[dict[str, Any]], schema: pa.Schema = SCHEMA, **changed: Any) -> Path:
    """Hand a table of those rows back, as Spark leaves it; return the candidate."""
    from dbt_project.spark import SparkWork  # what a machine without Spark does not have

    table = folder / "spark" / "marts" / "dim_rag"
    table.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, schema), table / "part-0.parquet")
    columns = {
        name: {"name": name, "data_type": data_type, "constraints": [{"type": kind} for kind in kinds]}
        for name, (data_type, kinds) in COLUMNS.items()
    }
    node = {"resource_type": "model", "schema": "marts", "name": "dim_rag", "access": "public", "constraints": []}
    node |= {"columns": columns, "contract": {"enforced": True}, "config": {"meta": {}}} | changed
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({"nodes": {"model.dim_rag": node}}))
    candidate = folder / "candidate.duckdb"
    duckdb.connect(candidate).close()
    SparkWork(candidate, folder / "spark", None).hand_back(manifest)
    return candidate


def test_a_table_comes_back_in_the_order_and_the_types_of_its_contract(spark: Spark, tmp_path: Path) -> None:
    """Moments are UTC without a zone, and pounds what they were."""
    with duckdb.connect(handed_back(tmp_path, [ROW])) as connection:
        found = connection.table("marts.dim_rag")
        assert list(zip(found.columns, map(str, found.types), strict=True)) == [
            ("rag_key", "BIGINT"),
            ("amount_gbp", "DECIMAL(14,2)"),
            ("known_from_at", "TIMESTAMP"),
        ]
        assert found.fetchall() == [(1, Decimal("0.10"), MOMENT.replace(tzinfo=None))]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([ROW | {"amount_gbp": None}], "NOT NULL constraint failed: dim_rag.amount_gbp"),
        ([ROW, ROW], "PRIMARY KEY"),
    ],
)
def test_a_row_that_breaks_the_contract_stops_the_build_and_names_the_table(
    spark: Spark, tmp_path: Path, rows: list[dict[str, Any]], said: str
) -> None:
    with pytest.raises(DbtFailed, match=rf"marts\.dim_rag[^:]*: .*{said}"):
        handed_back(tmp_path, rows)


def test_an_amount_that_does_not_fit_its_column_is_never_rounded(spark: Spark, tmp_path: Path) -> None:
    finer = SCHEMA.set(0, pa.field("amount_gbp", pa.decimal128(14, 3)))
    with pytest.raises(DbtFailed, match=r"marts\.dim_rag"):
        handed_back(tmp_path, [ROW | {"amount_gbp": Decimal("0.105")}], finer)


def test_what_no_check_reads_and_nobody_outside_does_not_come_back(spark: Spark, tmp_path: Path) -> None:
    private = {"access": "private", "contract": {"enforced": False}}
    (tmp_path / "read").mkdir()
    read = private | {"config": {"meta": {"read_by_checks": True}}}
    for folder, changed, tables in ((tmp_path, private, []), (tmp_path / "read", read, [("dim_rag",)])):
        with duckdb.connect(handed_back(folder, [ROW], **changed)) as connection:
            assert connection.execute("select table_name from duckdb_tables()").fetchall() == tables
