"""Of which columns of other tables each column is made: read from the compiled SQL by sqlglot.

Here belongs working it out, once per state of the project, and reading it again. Not here: showing it
(``orchestration``). A column that is made of none, as a count or a word, has an empty list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dbt_project.nodes import nodes_of
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from sources import home as layout

if TYPE_CHECKING:
    from sqlglot.lineage import Node


class Column(NamedTuple):
    """A column of a table of the candidate."""

    schema: str
    table: str
    column: str


# By table, as schema and name, then by column.
Lineage = Mapping[tuple[str, str], Mapping[str, Sequence[Column]]]
_Columns = dict[str, dict[str, dict[str, str]]]


def keep(compiled: Path, path: Path) -> None:
    """Work the lineage of every table out and keep it.

    Args:
        compiled: A manifest with the SQL of every model.
        path: Where to keep it.
    """
    nodes = nodes_of(compiled)
    known = _sources()
    tables = (node for node in _in_order(nodes) if node["relation_name"])
    found = {f"{node['schema']}.{node['name']}": _of_model(node, known) for node in tables}
    layout.write_durably(path, json.dumps(found).encode())


def read(path: Path) -> Lineage:
    """Return what was kept; nothing where nothing can be read, for it only describes: no release waits for it."""
    try:
        kept = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return {
        (table.partition(".")[0], table.partition(".")[2]): {
            column: [Column(*each) for each in made_of] for column, made_of in columns.items()
        }
        for table, columns in kept.items()
    }


def sources_of(column: Column, made_of: Lineage) -> set[Column]:
    """Return the columns of returns and reference data that a column comes from, through whatever lies between."""
    through: set[Column] = set()
    waiting = [column]
    while waiting:
        each = waiting.pop()
        if each not in through:  # most are met on many ways
            through.add(each)
            waiting += made_of[each[:2]][each.column] if each[:2] in made_of else ()
    return {each for each in through if each[:2] not in made_of}


def _sources() -> _Columns:
    """Return the columns of the schemas that dbt finds filled; sqlglot has to know of each, not of its type."""
    tables = {"raw": RAW_TABLES, "reference": REFERENCE_TABLES}
    return {
        schema: {name: dict.fromkeys(columns.names, "unknown") for name, columns in of_schema.items()}
        for schema, of_schema in tables.items()
    }


def _in_order(nodes: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the models, each after those that it reads: ``select *`` takes their columns."""
    waiting = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    while waiting:
        ready = [key for key, node in waiting.items() if not waiting.keys() & set(node["depends_on"]["nodes"])]
        for key in ready:
            yield waiting.pop(key)


def _of_model(node: Mapping[str, Any], known: _Columns) -> dict[str, list[Column]]:
    """Return of which columns each of a model's is made, and let ``known`` have the model's own."""
    from sqlglot.lineage import lineage  # for whoever installs the code, not for every night

    found = lineage(None, node["compiled_code"], {node["database"]: known}, dialect="duckdb")
    known.setdefault(node["schema"], {})[node["name"]] = dict.fromkeys(found, "unknown")
    return {name: _ends_of(column) for name, column in found.items()}


def _ends_of(column: Node) -> list[Column]:
    """Return the columns of tables that a column's lineage ends in."""
    from sqlglot.expressions import Table

    tables = ((node.expression, node.name) for node in column.walk())
    return sorted({Column(end.db, end.name, name.rpartition(".")[2]) for end, name in tables if isinstance(end, Table)})
