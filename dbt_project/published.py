"""What is published: the models that the project declares public, read from dbt's manifest.

Here belongs the list of published tables with their columns. Not here: their rows (``content``),
and writing them anywhere (``publishing``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from dbt_project.lineage import Column, Lineage, sources_of
from dbt_project.nodes import nodes_of
from dbt_project.units import unit_of

# The name of the contract with readers. A published name or type changes with it alone
# (docs/decisions/0011-how-the-contract-changes.md).
CONTRACT = "savings_v2"
_LAST_WORD = re.compile(r"\w+")
# When a row of the council's lists was known: part of how it is found, not of what it says.
_SPANS = frozenset({"known_from_at", "known_to_at"})


class Follows(StrEnum):
    """What a value follows beside ledger, lines, reference and code."""

    CLOCK = "clock"
    RELEASE = "release"


@dataclass(frozen=True)
class PublishedColumn:
    """One column under contract.

    Attributes:
        name: Its published name.
        data_type: Its SQL type, as declared.
        follows: The clock, where its values are moments of events; null for all else.
        description: For the data dictionary.
        unit: Likewise; ``none`` for keys, codes, words and flags.
        is_required: Whether it is never null.
        leads_to: The table and column that each of its values is found in; None for no reference.
        comes_from: The columns of returns (``raw``) and reference data that its values are made of; empty of
            a key, where there is none, or where nobody worked it out.
    """

    name: str
    data_type: str
    follows: Follows | None
    description: str
    unit: str
    is_required: bool = False
    leads_to: tuple[str, str] | None = None
    # A table is the same one whether or not somebody worked that out.
    comes_from: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class PublishedTable:
    """One table under contract.

    Attributes:
        name: Its published name.
        schema: Where the candidate holds it.
        columns: In their order.
        follows: The clock, or the release for what publishing itself writes; null for all else.
        description: For the data dictionary.
        key: The columns that no two rows share, in order.
    """

    name: str
    schema: str
    columns: tuple[PublishedColumn, ...]
    follows: Follows | None
    description: str
    key: tuple[str, ...] = ()


def published_tables(manifest: Path, made_of: Lineage | None = None) -> tuple[PublishedTable, ...]:
    """Return the published tables by name: every model of access ``public``.

    Args:
        manifest: dbt's manifest of the project.
        made_of: The lineage of its columns, for whoever says where each comes from.

    Raises:
        ValueError: If a public model has no columns, no contract, follows something unknown, or holds a
            number without a unit.
    """
    nodes = nodes_of(manifest).values()
    public = [node for node in nodes if node["resource_type"] == "model" and node["access"] == "public"]
    keys = _keys(nodes)
    tables = (_table(node, keys) for node in sorted(public, key=lambda node: str(node["name"])))
    return tuple(_with_sources(table, made_of) for table in tables) if made_of else tuple(tables)


def _with_sources(table: PublishedTable, made_of: Lineage) -> PublishedTable:
    def sources(column: PublishedColumn) -> tuple[str, ...]:
        if column.name.endswith("_key"):
            return ()  # a number for what other columns name
        found = sources_of(Column(table.schema, table.name, column.name), made_of)
        return tuple(sorted(".".join(source) for source in found if source.column not in _SPANS))

    return replace(table, columns=tuple(replace(column, comes_from=sources(column)) for column in table.columns))


def _keys(nodes: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return by model the columns that no two rows share, as its rules say it of columns that always have a value."""
    found = {}
    for node in nodes:
        if (node.get("test_metadata") or {}).get("name") == "holds":
            rules = node["test_metadata"]["kwargs"]
            lacking = set(rules.get("may_lack", ()))
            unique = [columns for columns in rules.get("one_row_per", {}).values() if not lacking & set(columns)]
            if unique:
                found[node["attached_node"]] = tuple(unique[0])
    return found


def _table(node: Mapping[str, Any], keys: Mapping[str, tuple[str, ...]]) -> PublishedTable:
    if not node["contract"]["enforced"] or not node["columns"]:
        raise ValueError(f"{node['name']} is public but has no enforced contract: declare its columns")
    return PublishedTable(
        name=node["name"],
        schema=node["schema"],
        columns=tuple(_column(column) for column in node["columns"].values()),
        follows=_follows(node),
        description=node["description"].strip(),
        key=_primary_key(node) or keys.get(node["unique_id"], ()),
    )


def _primary_key(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns whose uniqueness the contract declares: those that DuckDB keeps by itself."""
    of_columns = ((each["type"], [column["name"]]) for column in node["columns"].values() for each in _held(column))
    of_tables = ((each["type"], each["columns"]) for each in _held(node))
    return tuple(name for kind, names in (*of_columns, *of_tables) if kind == "primary_key" for name in names)


def _held(declared: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    constraints: Iterable[Mapping[str, Any]] = declared.get("constraints", ())
    return constraints


def _column(declared: Mapping[str, Any]) -> PublishedColumn:
    constraints = {constraint["type"]: constraint for constraint in declared.get("constraints", ())}
    return PublishedColumn(
        name=declared["name"],
        data_type=declared["data_type"],
        follows=_follows(declared),
        description=declared["description"].strip(),
        unit=unit_of(declared["name"], declared["data_type"], declared["config"]["meta"].get("unit")),
        is_required="not_null" in constraints,
        leads_to=_reference(constraints["foreign_key"]) if "foreign_key" in constraints else None,
    )


def _reference(constraint: Mapping[str, Any]) -> tuple[str, str]:
    """Return table and column of a foreign key, which dbt writes as ``"candidate"."marts"."dim_rag"``."""
    (column,) = constraint["to_columns"]
    return _LAST_WORD.findall(constraint["to"])[-1], column


def _follows(declared: Mapping[str, Any]) -> Follows | None:
    followed = declared["config"]["meta"].get("follows")
    return Follows(followed) if followed is not None else None
