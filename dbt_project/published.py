"""What is published: the models that the project declares public, read from dbt's manifest.

Here belongs the list of published tables with their columns. Not here: their rows (``content``),
and writing them anywhere (``publishing``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from dbt_project.units import unit_of

# The name of the contract with readers. A published name or type changes with it alone
# (docs/decisions/0011-how-the-contract-changes.md).
CONTRACT = "savings_v2"
_REFERRED = re.compile(r"ref\('(\w+)'\)")


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
    """

    name: str
    data_type: str
    follows: Follows | None
    description: str
    unit: str
    is_required: bool = False
    leads_to: tuple[str, str] | None = None


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


def published_tables(manifest: Path) -> tuple[PublishedTable, ...]:
    """Return the published tables by name: every model of access ``public``.

    Raises:
        ValueError: If a public model has no columns, no contract, follows something unknown, or holds a
            number without a unit.
    """
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    public = [node for node in nodes if node["resource_type"] == "model" and node["access"] == "public"]
    references = _references(nodes, {node["name"] for node in public})
    return tuple(_table(node, references) for node in sorted(public, key=lambda node: str(node["name"])))


def _references(nodes: Iterable[Mapping[str, Any]], public: set[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return where the values of a column are found, by its model and name, as dbt's tests of relationships hold."""
    found = {}
    for node in nodes:
        test = node.get("test_metadata") or {}
        if test.get("name") == "relationships" and not node["config"].get("where"):
            to = _REFERRED.search(test["kwargs"]["to"])
            if to and to[1] in public:
                found[node["attached_node"], node["column_name"]] = (to[1], test["kwargs"]["field"])
    return found


def _table(node: Mapping[str, Any], references: Mapping[tuple[str, str], tuple[str, str]]) -> PublishedTable:
    if not node["contract"]["enforced"] or not node["columns"]:
        raise ValueError(f"{node['name']} is public but has no enforced contract: declare its columns")
    return PublishedTable(
        name=node["name"],
        schema=node["schema"],
        columns=tuple(
            _column(column, references.get((node["unique_id"], column["name"]))) for column in node["columns"].values()
        ),
        follows=_follows(node),
        description=node["description"].strip(),
        key=_key(node),
    )


def _key(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the first of what dbt knows to be unique; of several columns it makes one text, ``(a, b)``."""
    unique: list[str] = node.get("primary_key") or []
    return tuple(name.strip() for name in unique[0].strip("()").split(",")) if unique else ()


def _column(declared: Mapping[str, Any], leads_to: tuple[str, str] | None) -> PublishedColumn:
    return PublishedColumn(
        name=declared["name"],
        data_type=declared["data_type"],
        follows=_follows(declared),
        description=declared["description"].strip(),
        unit=unit_of(declared["name"], declared["data_type"], declared["config"]["meta"].get("unit")),
        is_required=any(constraint["type"] == "not_null" for constraint in declared.get("constraints", ())),
        leads_to=leads_to,
    )


def _follows(declared: Mapping[str, Any]) -> Follows | None:
    followed = declared["config"]["meta"].get("follows")
    return Follows(followed) if followed is not None else None
