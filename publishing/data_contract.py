"""The contract of a release in the Open Data Contract Standard, for catalogues and for those who check what they get.

Here belongs saying what dbt's contract says in the standard's words. Not here: the contract itself
(``dbt_project.published``), and the descriptions of the CSV files (``files``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from dbt_project.published import CONTRACT, PublishedColumn, PublishedTable
from publishing import reader
from publishing.files import Described, key_of, references_of
from publishing.release_tables import RELEASE_TABLES, ReleaseColumn

DATA_CONTRACT = "datacontract.yaml"
_STANDARD = "v3.1.0"
_TYPES = {
    "varchar": "string",
    "boolean": "boolean",
    "integer": "integer",
    "bigint": "integer",
    "decimal": "number",
    "date": "date",
    "timestamp": "timestamp",
}


def write_data_contract(release: Path, tables: Sequence[PublishedTable]) -> None:
    """Write ``datacontract.yaml`` into a release's folder: it leads to the Parquet files that lie there.

    Args:
        release: The folder.
        tables: The published tables; those that publishing itself writes come in addition.
    """
    with reader.connect(release) as connection:
        ((version, council),) = connection.execute(
            "select version, council_name from marts.meta_last_refreshed"
        ).fetchall()
    described: list[Described] = sorted([*tables, *RELEASE_TABLES], key=lambda table: table.name)
    document = {
        "kind": "DataContract",
        "apiVersion": _STANDARD,
        "id": CONTRACT,
        "name": "Savings warehouse",
        "version": version,
        **({"tenant": council} if council else {}),
        "status": "active",
        "description": {
            "purpose": "What a council planned to save, what its directorates report, and what became of each pound.",
            "usage": "Name one period (period_key) in every question, and take current rows (is_current).",
            "limitations": "A sum over several periods means nothing: each period holds the plan again.",
        },
        "servers": [{"server": "release", "type": "local", "path": "./parquet/{model}.parquet", "format": "parquet"}],
        "schema": [_table(table) for table in described],
    }
    # libyaml writes the same bytes as the dumper in Python, in a fifth of its time.
    text = yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
    (release / DATA_CONTRACT).write_text(text, encoding="utf-8", newline="\n")


def _table(table: Described) -> dict[str, Any]:
    key, references = key_of(table), references_of(table)
    return {
        "name": table.name,
        "physicalType": "table",
        "logicalType": "object",
        "description": _on_one_line(table.description),
        "properties": [_column(column, key, references.get(column.name)) for column in table.columns],
    }


def _column(
    column: PublishedColumn | ReleaseColumn, key: Sequence[str], leads_to: tuple[str, str] | None
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": column.name,
        "logicalType": _TYPES[column.data_type.partition("(")[0]],
        "physicalType": column.data_type,
        "description": _on_one_line(column.description),
        "required": column.is_required,
    }
    if column.name in key:
        found |= {"primaryKey": True, "primaryKeyPosition": key.index(column.name) + 1}
    if leads_to:
        found["relationships"] = [{"type": "foreignKey", "to": ".".join(leads_to)}]
    if column.unit != "none":
        found["customProperties"] = [{"property": "unit", "value": column.unit}]
    return found


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
