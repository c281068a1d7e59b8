"""dbt's sources are the tables that the candidate is filled with, column by column."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
import yaml

from dbt_project.invocation import PROJECT
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES


@pytest.mark.parametrize(("schema", "contract"), [("raw", RAW_TABLES), ("reference", REFERENCE_TABLES)])
def test_the_sources_are_the_tables_of_the_contract(schema: str, contract: dict[str, pa.Schema]):
    document: dict[str, Any] = yaml.safe_load((PROJECT / "models" / f"sources_{schema}.yml").read_text())
    tables = document["sources"][0]["tables"]
    declared = {table["name"]: [column["name"] for column in table["columns"]] for table in tables}

    assert declared == {name: arrow.names for name, arrow in contract.items()}


@pytest.mark.parametrize("schema", ["raw", "reference"])
def test_every_table_and_column_of_a_source_says_what_it_is(schema: str):
    document: dict[str, Any] = yaml.safe_load((PROJECT / "models" / f"sources_{schema}.yml").read_text())
    tables = document["sources"][0]["tables"]
    described = [*tables, *(column for table in tables for column in table["columns"])]

    assert [item["name"] for item in described if not item.get("description")] == []
