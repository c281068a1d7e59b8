"""Typed lines: the fixed Arrow schemas of a return's sheets, and their Parquet files.

Here belongs how a judged return is stored: one immutable folder a submission, one Parquet file a
sheet, every column under its template name, every amount beside the address of its cell. Not
here: how values are read (``sheets``) or judged (``checks``), and the files' digest (``line_digest``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sources import home as layout
from sources.home import Home
from sources.template.declaration import SAVINGS, SHEETS, Column, Kind, Sheet

MONEY = pa.decimal128(14, 2)
_TYPES = {
    Kind.MONEY: MONEY,
    Kind.MONEY_OR_NA: MONEY,
    Kind.DATE: pa.date32(),
    Kind.INTEGER: pa.int32(),
    Kind.BOOLEAN: pa.bool_(),
}


def arrow_type(column: Column) -> pa.DataType:
    """Return the Arrow type that a template column is stored as; text unless it is typed."""
    return _TYPES.get(column.kind, pa.string())


@cache
def line_schema(sheet: Sheet) -> pa.Schema:
    """Return the schema of a sheet's typed lines.

    Columns: ``source_sheet``, ``source_row`` (1-based, as Excel shows it), each template column,
    for each amount its ``<column>_cell``, for Savings ``is_deferred_not_applicable``, and
    ``row_hash`` over the typed values.
    """
    fields = [pa.field("source_sheet", pa.string(), False), pa.field("source_row", pa.int32(), False)]
    for column in sheet.columns:
        fields.append(pa.field(column.name, arrow_type(column)))
        if column.is_money:
            fields.append(pa.field(f"{column.name}_cell", pa.string()))
    if sheet is SAVINGS:
        fields.append(pa.field("is_deferred_not_applicable", pa.bool_(), False))
    fields.append(pa.field("row_hash", pa.string(), False))
    return pa.schema(fields)


def canonical_text(value: object) -> str:
    """Return one text a value: ``~`` for null, else length and text, so that no two rows collide."""
    if value is None:
        return "~"
    text = str(value)
    return f"{len(text)}:{text}"


def row_hash(sheet: Sheet, row: Mapping[str, Any]) -> str:
    """Return the hash of a row's typed values, wherever in the sheet it stood."""
    text = "".join(canonical_text(row.get(column.name)) for column in sheet.columns)
    return hashlib.sha256(text.encode()).hexdigest()


def to_arrow(sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return typed rows as an Arrow table of the sheet's schema.

    Raises:
        pyarrow.ArrowInvalid: If a value does not fit its column exactly; nothing is rounded here.
    """
    return pa.Table.from_pylist([dict(row) for row in rows], schema=line_schema(sheet))


def folder_of(home: Home, submission_id: str) -> Path:
    """Return the folder that holds a submission's typed lines."""
    return home.lines / submission_id


def write_lines(
    home: Home,
    submission_id: str,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    headers: Mapping[str, Mapping[str, str]] | None = None,
) -> Path:
    """Write a submission's typed lines, one Parquet file a sheet, durably and all at once.

    A folder that is already there belongs to no accepted event (the caller looks) and is written
    again: the event that follows is what commits it.

    Args:
        home: The warehouse.
        submission_id: Names the folder.
        tables: Rows by table name; a sheet without rows is written empty.
        headers: By table, template column to the header found; kept in the Parquet metadata.

    Returns:
        The folder.
    """
    final = folder_of(home, submission_id)
    partial = final.with_name(f".{submission_id}.tmp")
    layout.discard(partial)
    layout.discard(final)
    partial.mkdir(parents=True)
    for sheet in SHEETS:
        table = to_arrow(sheet, tables.get(sheet.table, ()))
        found = (headers or {}).get(sheet.table, {})
        table = table.replace_schema_metadata({f"header.{name}": label for name, label in found.items()})
        pq.write_table(table, partial / f"{sheet.table}.parquet", compression="zstd")
    layout.publish_folder(partial, final)
    return final


def read_sheet(home: Home, sheet: Sheet, submission_id: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a submission's typed lines of one sheet.

    Args:
        home: The warehouse.
        sheet: Which sheet.
        submission_id: Whose lines.
        columns: Which columns are read, in this order; all if None.

    Raises:
        FileNotFoundError: If an accepted submission's folder is not there (``savings rebuild``
            copies it again from the vault).
        KeyError: If the sheet's lines have no such column.
    """
    return read_file(folder_of(home, submission_id), sheet, columns)


def read_file(folder: Path, sheet: Sheet, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the typed lines of one sheet that a folder holds; a column that was not under contract then is null.

    By the file's own reader: ``pyarrow.parquet.read_table`` imports pandas, which takes longer than
    all else that `savings check` does.

    Raises:
        FileNotFoundError: If the file is not there.
        KeyError: If the sheet's lines have no such column.
    """
    schema = line_schema(sheet)
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns])
    with pq.ParquetFile(folder / f"{sheet.table}.parquet") as file:
        if not file.metadata.num_rows:  # most sheets of most returns
            return schema.empty_table()
        stored = set(file.schema_arrow.names)
        table = file.read([name for name in schema.names if name in stored], use_threads=False)
    columns_under_contract = [
        table[field.name] if field.name in stored else pa.nulls(len(table), field.type) for field in schema
    ]
    return pa.Table.from_arrays(columns_under_contract, schema=schema)


def read_lines(home: Home, sheet: Sheet, submission_ids: Iterable[str]) -> pa.Table:
    """Return the typed lines of a sheet of several submissions, with their ``submission_id``.

    Raises:
        FileNotFoundError: If an accepted submission's folder is not there.
    """
    with_submission = pa.schema([pa.field("submission_id", pa.string(), False), *line_schema(sheet)])
    parts = []
    for submission_id in submission_ids:
        table = read_sheet(home, sheet, submission_id)
        parts.append(table.add_column(0, with_submission.field(0), pa.repeat(submission_id, len(table))))
    return pa.concat_tables(parts).cast(with_submission) if parts else with_submission.empty_table()
