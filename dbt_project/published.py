"""What is published: the models that the project declares public, read from dbt's manifest.

Here belongs the list of published tables with their columns. Not here: their rows (``content``),
and writing them anywhere (``publishing``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from dbt_project.units import unit_of

# The name of the contract with readers. A published name or type changes with it alone
# (docs/decisions/0011-how-the-contract-changes.md).
CONTRACT = "savings_v2"


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
    """

    name: str
    data_type: str
    follows: Follows | None
    description: str
    unit: str


@dataclass(frozen=True)
class PublishedTable:
    """One table under contract.

    Attributes:
        name: Its published name.
        schema: Where the candidate holds it.
        columns: In their order.
        follows: The clock, or the release for what publishing itself writes; null for all else.
        description: For the data dictionary.
    """

    name: str
    schema: str
    columns: tuple[PublishedColumn, ...]
    follows: Follows | None
    description: str


def published_tables(manifest: Path) -> tuple[PublishedTable, ...]:
    """Return the published tables by name: every model of access ``public``.

    Raises:
        ValueError: If a public model has no columns, no contract, follows something unknown, or holds a
            number without a unit.
    """
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    public = [node for node in nodes if node["resource_type"] == "model" and node["access"] == "public"]
    return tuple(_table(node) for node in sorted(public, key=lambda node: str(node["name"])))


def _table(node: Mapping[str, Any]) -> PublishedTable:
    if not node["contract"]["enforced"] or not node["columns"]:
        raise ValueError(f"{node['name']} is public but has no enforced contract: declare its columns")
    return PublishedTable(
        name=node["name"],
        schema=node["schema"],
        columns=tuple(_column(column) for column in node["columns"].values()),
        follows=_follows(node),
        description=node["description"].strip(),
    )


def _column(declared: Mapping[str, Any]) -> PublishedColumn:
    return PublishedColumn(
        name=declared["name"],
        data_type=declared["data_type"],
        follows=_follows(declared),
        description=declared["description"].strip(),
        unit=unit_of(declared["name"], declared["data_type"], declared["config"]["meta"].get("unit")),
    )


def _follows(declared: Mapping[str, Any]) -> Follows | None:
    followed = declared["config"]["meta"].get("follows")
    return Follows(followed) if followed is not None else None
