"""The list of published tables, as the manifest declares it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dbt_project.published import Follows, PublishedColumn, PublishedTable, published_tables


def model(name: str, **changed: Any) -> dict[str, Any]:
    columns = {
        "line_key": {"name": "line_key", "data_type": "bigint", "description": "The line.", "config": {"meta": {}}},
        "valid_from_at": {
            "name": "valid_from_at",
            "data_type": "timestamp",
            "description": "Known from.",
            "config": {"meta": {"follows": "clock"}},
        },
    }
    plain = {
        "resource_type": "model",
        "access": "public",
        "name": name,
        "unique_id": f"model.savings.{name}",
        "schema": "marts",
        "description": f"About {name}.",
        "columns": columns,
        "contract": {"enforced": True},
        "config": {"meta": {}},
    }
    return plain | changed


def manifest_of(folder: Path, *nodes: dict[str, Any]) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps({"nodes": {f"model.savings.{node['name']}": node for node in nodes}}))
    return path


def test_public_models_are_published_by_name_with_their_columns_in_order(tmp_path: Path):
    tables = published_tables(manifest_of(tmp_path, model("fct_b"), model("dim_a")))

    assert [table.name for table in tables] == ["dim_a", "fct_b"]
    assert tables[1] == PublishedTable(
        name="fct_b",
        schema="marts",
        columns=(
            PublishedColumn("line_key", "bigint", None, "The line.", "none"),
            PublishedColumn("valid_from_at", "timestamp", Follows.CLOCK, "Known from.", "UTC"),
        ),
        follows=None,
        description="About fct_b.",
    )


def rules_of(table: str, **rules: Any) -> dict[str, Any]:
    return {
        "resource_type": "test",
        "access": "private",
        "name": f"{table}__holds",
        "attached_node": f"model.savings.{table}",
        "test_metadata": {"name": "holds", "kwargs": rules},
    }


def test_keys_and_references_are_those_of_the_contract_and_its_rules(tmp_path: Path):
    fact, dim = model("fct_a"), model("dim_line")
    fact["columns"]["line_key"]["constraints"] = [
        {"type": "not_null"},
        {"type": "foreign_key", "to": '"candidate"."marts"."dim_line"', "to_columns": ["line_key"]},
    ]
    dim["columns"]["line_key"]["constraints"] = [{"type": "primary_key"}]
    rules = rules_of("fct_a", one_row_per={"line_and_moment": ["line_key", "valid_from_at"]})

    dim_line, fct_a = published_tables(manifest_of(tmp_path, fact, dim, rules))

    assert (dim_line.key, fct_a.key) == (("line_key",), ("line_key", "valid_from_at"))
    assert [(column.is_required, column.leads_to) for column in fct_a.columns] == [
        (True, ("dim_line", "line_key")),
        (False, None),
    ]


def test_columns_that_may_lack_a_value_are_no_key(tmp_path: Path):
    rules = rules_of("fct_a", one_row_per={"line_and_moment": ["line_key", "valid_from_at"]}, may_lack=["line_key"])

    (table,) = published_tables(manifest_of(tmp_path, model("fct_a"), rules))

    assert table.key == ()


def test_private_models_and_tests_are_not_published(tmp_path: Path):
    nodes = [model("int_x", access="protected"), model("t", resource_type="test", access="public"), model("fct_a")]

    assert [table.name for table in published_tables(manifest_of(tmp_path, *nodes))] == ["fct_a"]


def test_a_release_table_says_so(tmp_path: Path):
    (table,) = published_tables(manifest_of(tmp_path, model("meta_x", config={"meta": {"follows": "release"}})))

    assert table.follows is Follows.RELEASE


@pytest.mark.parametrize("changed", [{"contract": {"enforced": False}}, {"columns": {}}])
def test_a_public_model_without_a_contract_is_refused_by_name(tmp_path: Path, changed: dict[str, Any]):
    with pytest.raises(ValueError, match="fct_a is public but has no enforced contract"):
        published_tables(manifest_of(tmp_path, model("fct_a", **changed)))


def test_an_unknown_follows_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="moon"):
        published_tables(manifest_of(tmp_path, model("fct_a", config={"meta": {"follows": "moon"}})))
