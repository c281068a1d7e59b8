"""DuckDB keeps a contract by itself; one line of evidence per table says that it does."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from expectations.constraints import constraint_results
from expectations.evidence import CheckResult

TABLES = {"dim_rag": {"rag_key": ["primary_key", "not_null"], "code": []}, "fct_pound": {"pound_key": ["not_null"]}}
HELD = {
    "dim_rag": "create table marts.dim_rag (rag_key bigint not null primary key, code varchar)",
    "fct_pound": "create table marts.fct_pound (pound_key bigint not null)",
}


def _manifest(folder: Path) -> Path:
    nodes = {
        name: {
            "name": name,
            "access": "public",
            "constraints": [],
            "columns": {
                column: {"name": column, "constraints": [{"type": kind} for kind in kinds]}
                for column, kinds in columns.items()
            },
        }
        for name, columns in TABLES.items()
    }
    path = folder / "manifest.json"
    path.write_text(json.dumps({"nodes": nodes}))
    return path


def _results(folder: Path, **tables: str) -> dict[str, CheckResult]:
    candidate = folder / "candidate.duckdb"
    with duckdb.connect(candidate) as connection:
        connection.execute("create schema marts")
        for sql in (HELD | tables).values():
            connection.execute(sql)
    return {result.table: result for result in constraint_results(candidate, _manifest(folder))}


def test_a_table_with_the_constraints_of_its_contract_passes(tmp_path: Path):
    results = _results(tmp_path)
    assert {(result.status, result.observed) for result in results.values()} == {
        ("pass", "2 constraints"),
        ("pass", "1 constraints"),
    }
    assert results["dim_rag"].name == "dim_rag__has_the_constraints_of_its_contract"


@pytest.mark.parametrize(
    ("sql", "observed"),
    [
        (
            "create table marts.dim_rag (rag_key bigint not null, code varchar)",
            "PRIMARY KEY (rag_key) is not held",
        ),
        (
            "create table marts.dim_rag (rag_key bigint primary key, code varchar not null)",
            "NOT NULL (code) is held but not declared",
        ),
        ("create table marts.dim_other (rag_key bigint)", "is not held"),
    ],
    ids=["lost", "not declared", "no such table"],
)
def test_a_constraint_that_is_lost_or_that_no_contract_declares_stops_publishing(
    tmp_path: Path, sql: str, observed: str
):
    """Ruling G2, F-E21."""
    result = _results(tmp_path, dim_rag=sql)["dim_rag"]
    assert (result.status, result.severity) == ("fail", "error")
    assert observed in result.observed


def test_duckdb_is_given_no_foreign_key_but_the_contract_declares_them(parsed_manifest: Path):
    """Ruling G2: held at every row of a fact they cost too much; dbt's rules look for rows that lead nowhere."""
    nodes = json.loads(parsed_manifest.read_bytes())["nodes"].values()
    kinds = {
        (node["name"][:4], constraint["type"])
        for node in nodes
        if node["resource_type"] == "model"
        for column in node["columns"].values()
        for constraint in column["constraints"]
    }
    assert ("fct_", "foreign_key") in kinds
    assert ("fct_", "primary_key") not in kinds
    assert ("dim_", "primary_key") in kinds
