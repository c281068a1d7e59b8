"""What a candidate holds, as hashes: the same rows give the same hash on any machine.

Here belongs the fingerprint that evidence is bound to and releases are compared by. Not here: what
is checked (``expectations``), and the bytes of files (``publishing.manifest``): those of a DuckDB
file differ every time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import duckdb

from dbt_project import candidate as scratch
from dbt_project.published import Follows, PublishedTable
from sources.custody.vault import file_sha256

# One text a type, the same in every version of DuckDB. A DOUBLE has none, and is refused.
_CANONICAL = {
    "VARCHAR": "length({0}) || ':' || {0}",
    "BOOLEAN": "cast({0} as varchar)",
    "INTEGER": "cast({0} as varchar)",
    "BIGINT": "cast({0} as varchar)",
    "DECIMAL": "cast({0} as varchar)",
    "DATE": "strftime({0}, '%Y-%m-%d')",
    "TIMESTAMP": "strftime({0}, '%Y-%m-%dT%H:%M:%S.%f')",
}


@dataclass(frozen=True)
class Size:
    """How much one published table holds.

    Attributes:
        rows: How many.
        pounds: The exact sum of each ``_gbp`` column; 0 where there is nothing to add.
    """

    rows: int
    pounds: Mapping[str, Decimal]


@dataclass(frozen=True)
class TableFingerprint(Size):
    """What one published table holds.

    Attributes:
        sha256: Of all columns.
        content_sha256: Of the columns that do not follow the clock.
    """

    sha256: str
    content_sha256: str


@dataclass(frozen=True)
class Fingerprint:
    """What a candidate holds.

    Attributes:
        content_sha256: Without clock columns: the same for the same input at any time.
        exact_sha256: With them: what the evidence is bound to.
        tables: By name. Release tables are in none of the three: publishing writes them.
    """

    content_sha256: str
    exact_sha256: str
    tables: Mapping[str, TableFingerprint]


def fingerprint(candidate: Path, tables: Iterable[PublishedTable]) -> Fingerprint:
    """Return the fingerprint of the published tables of a candidate, which was closed.

    A file of the same bytes as the one before is not looked into again: a night asks after its checks,
    and again when it publishes.

    Raises:
        ValueError: If a table's columns are not the declared ones, or one is of a type without a
            canonical text.
        duckdb.CatalogException: If a table is not there.
    """
    return _fingerprint(candidate, file_sha256(candidate), _in_order(tables))


# By the file's hash too: whatever is done to a candidate, it is then looked into anew.
@lru_cache(maxsize=1)
def _fingerprint(candidate: Path, _file_sha256: str, hashed: tuple[PublishedTable, ...]) -> Fingerprint:
    with scratch.read(candidate) as connection:
        found = {table.name: _table_fingerprint(connection, table) for table in hashed}
    lasting = {table.name for table in hashed if table.follows is None}
    return Fingerprint(
        content_sha256=_joined((name, table.content_sha256) for name, table in found.items() if name in lasting),
        exact_sha256=_joined((name, table.sha256) for name, table in found.items()),
        tables=found,
    )


def differing(one: Path, other: Path, tables: Iterable[PublishedTable]) -> list[str]:
    """Return the published tables that do not hold the same rows in two databases, at a tenth of a fingerprint's cost.

    By the engine's own hash of each row, which another version of it may take otherwise.

    Raises:
        duckdb.Error: If a table or a column is not there, or cannot be read.
    """
    in_order = _in_order(tables)
    sums = zip(in_order, _row_sums(one, in_order), _row_sums(other, in_order), strict=True)
    return [table.name for table, in_one, in_other in sums if in_one != in_other]


def _row_sums(database: Path, tables: Iterable[PublishedTable]) -> list[tuple[int, int | None]]:
    with scratch.read(database) as connection:
        return [
            row_sum(connection.table(f"{table.schema}.{table.name}"), [column.name for column in table.columns])
            for table in tables
        ]


def row_sum(rows: duckdb.DuckDBPyRelation, columns: Sequence[str]) -> tuple[int, int | None]:
    """Return how many rows there are and the sum of the engine's own hashes of them, in whatever order they lie."""
    names = ", ".join(f'"{column}"' for column in columns)
    count, hashes = rows.aggregate(f"count(*), sum(hash({names}))").fetchall()[0]
    return count, hashes


def sizes_of(candidate: Path, tables: Iterable[PublishedTable]) -> dict[str, Size]:
    """Return how many rows each published table of a candidate has and what its amounts come to.

    Raises:
        duckdb.CatalogException: If a table is not there.
    """
    with scratch.read(candidate) as connection:
        return {
            table.name: _size(connection.table(f"{table.schema}.{table.name}"), table) for table in _in_order(tables)
        }


def _in_order(tables: Iterable[PublishedTable]) -> tuple[PublishedTable, ...]:
    """Return the tables that a build makes, by name; those of the release are written by publishing."""
    made = (table for table in tables if table.follows is not Follows.RELEASE)
    return tuple(sorted(made, key=lambda table: table.name))


def _size(rows: duckdb.DuckDBPyRelation, table: PublishedTable) -> Size:
    columns = [column.name for column in table.columns if column.name.endswith("_gbp")]
    sums = [f'coalesce(sum("{column}"), 0)' for column in columns]
    count, *pounds = rows.aggregate(", ".join(["count(*)", *sums])).fetchone() or (0,)
    return Size(count, dict(zip(columns, pounds, strict=True)))


def _joined(hashes: Iterable[tuple[str, str]]) -> str:
    return hashlib.sha256("".join(f"{name} {sha256}\n" for name, sha256 in hashes).encode()).hexdigest()


def _table_fingerprint(connection: duckdb.DuckDBPyConnection, table: PublishedTable) -> TableFingerprint:
    rows = connection.table(f"{table.schema}.{table.name}")
    types = dict(zip(rows.columns, map(str, rows.types), strict=True))
    declared = [column.name for column in table.columns]
    if set(types) != set(declared):
        raise ValueError(
            f"{table.name} does not have its declared columns; differing: {sorted(set(types) ^ set(declared))}"
        )
    texts = {name: _text_of(f"{table.name}.{name}", name, types[name]) for name in declared}
    sha256, content_sha256 = _hashes_of(connection, table, texts)
    return TableFingerprint(**asdict(_size(rows, table)), sha256=sha256, content_sha256=content_sha256)


def _text_of(label: str, name: str, data_type: str) -> str:
    """Return the SQL of a column's canonical text: ``~`` for null, before a free text its length.

    So no text can be taken for another one, whatever is in it: all others are without the sign that parts columns.
    """
    base = data_type.partition("(")[0]
    if base not in _CANONICAL:
        raise ValueError(f"{label} is {data_type}, which has no canonical text: cast it in its model")
    text = _CANONICAL[base].format(f'"{name}"')
    return f"coalesce({text}, '~')"


def _hashes_of(
    connection: duckdb.DuckDBPyConnection, table: PublishedTable, texts: Mapping[str, str]
) -> tuple[str, str]:
    """Return the hash of all columns of a table, and that of those that do not follow the clock.

    Its rows are sorted by the hash of what lasts in them and the text of what the clock gives: they may lie in any
    order. The text of each value, which is what costs, is made once.
    """
    lasting, by_clock = (
        [texts[column.name] for column in table.columns if (column.follows is None) is lasts] for lasts in (True, False)
    )
    rows = connection.execute(
        f"select sha256({_in_a_row(lasting)}), {_in_a_row(by_clock)} from {table.schema}.{table.name} order by all"  # noqa: S608 - names under contract
    )
    content, clock = (hashlib.sha256(f"{table.name} {' '.join(texts)}\n".encode()) for _ in range(2))
    for batch in rows.to_arrow_reader():
        for digest, column in zip((content, clock), batch.columns, strict=True):
            digest.update("".join(f"{text}\n" for text in column.to_pylist()).encode())
    clock.update(content.hexdigest().encode())
    return (clock if by_clock else content).hexdigest(), content.hexdigest()


def _in_a_row(texts: Sequence[str]) -> str:
    return f"concat_ws('|', {', '.join(texts)})" if texts else "''"
