"""The floor of a build: the SQL of its models and tests, compiled, run in DuckDB without dbt.

Here belongs what of a manifest is run, and in which order. Not here: measuring it (``bench_night``,
``bench_volume``).
"""
# ruff: noqa: S608 - the SQL here is the project's own

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

BUILT = ("intermediate", "marts", "reporting")
# A part of dbt's manifest, as JSON.
_Json = Mapping[str, Any]


def statements(manifest: _Json) -> Iterator[tuple[str, str]]:
    """Yield what a build has DuckDB do, by the name of its node, each after those that it reads."""
    for node in _in_order(manifest):
        yield node["name"], _bare(node)


def _in_order(manifest: _Json) -> list[_Json]:
    """Return the nodes that a build runs, each after those that it reads."""
    nodes = {key: node for key, node in manifest["nodes"].items() if node.get("compiled_code")}
    ordered: dict[str, _Json] = {}
    while missing := [key for key in nodes if key not in ordered]:
        ready = [key for key in missing if not set(nodes[key]["depends_on"]["nodes"]) & set(missing)]
        ordered |= {key: nodes[key] for key in ready}
    return list(ordered.values())


def _bare(node: _Json) -> str:
    """Return what dbt has DuckDB do for a node, without its constraints and its questions."""
    match node["resource_type"], node["config"]["materialized"]:
        case "model", "table":
            return f"create table {node['relation_name']} as {node['compiled_code']}"
        case "model", _:
            return "select 1"
        case _:
            return f"select count(*) from ({node['compiled_code']})"
