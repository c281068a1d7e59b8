"""openpyxl's reading of a workbook, cell by cell beside ours.

openpyxl is asked twice, for values and for formulas, since it shows only one at a time. It counts
an array formula in its first cell alone; here it is one in each of its cells, as in Excel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.formula import ArrayFormula

from sources.reader.cells import Cell, CellKind, SheetCells, Workbook


def as_workbook(outcome: object) -> Workbook:
    assert isinstance(outcome, Workbook), outcome
    return outcome


def differences_to_openpyxl(path: Path, outcome: object) -> Iterator[str]:
    """Yield every difference between the two readings of a workbook."""
    ours = as_workbook(outcome)
    values: Any = openpyxl.load_workbook(path, data_only=True)
    formulas: Any = openpyxl.load_workbook(path)
    properties = {item.name: str(item.value) for item in values.custom_doc_props.props}
    if ours.properties != properties:
        yield f"properties {ours.properties} {properties}"
    if [sheet.name for sheet in ours.sheets] != [sheet.title for sheet in values.worksheets]:
        yield "names of sheets"
    for sheet, with_values, with_formulas in zip(ours.sheets, values.worksheets, formulas.worksheets, strict=True):
        yield from sheet_differences(sheet, with_values, with_formulas)


def sheet_differences(ours: SheetCells, values: Any, formulas: Any) -> Iterator[str]:
    theirs = {(cell.row, cell.column) for row in formulas.iter_rows() for cell in row if cell.value is not None}
    if set(ours.cells) != theirs:
        yield f"{ours.name}: only one has {sorted(set(ours.cells) ^ theirs)}"
    in_arrays = cells_in_arrays(formulas)
    for at in set(ours.cells) & theirs:
        mine, value = ours.cells[at], values.cell(*at)
        has_formula = formulas.cell(*at).data_type == "f" or at in in_arrays
        if seen_by_openpyxl(value, has_formula) != seen_by_us(mine):
            yield f"{ours.name}!{mine.ref}: {seen_by_us(mine)} against {seen_by_openpyxl(value, has_formula)}"
        # openpyxl gives the built-in formats by their American codes.
        if mine.number_format not in (value.number_format, value.number_format.replace('"$"', '"£"')):
            yield f"{ours.name}!{mine.ref}: format {mine.number_format} against {value.number_format}"
    rows_with_cells = {row for row, _ in theirs}
    facts = {
        "state": (ours.state, values.sheet_state),
        "merged": (set(ours.merged), {str(merged) for merged in values.merged_cells.ranges}),
        "hidden rows": (
            set(ours.hidden_rows),
            {row for row in rows_with_cells if values.row_dimensions[row].hidden},
        ),
        "hidden columns": (set(ours.hidden_columns), hidden_columns(values)),
        "filter": (ours.filter_range, values.auto_filter.ref if values.auto_filter.filterColumn else ""),
    }
    for what, (mine_, theirs_) in facts.items():
        if mine_ != theirs_:
            yield f"{ours.name}: {what} {mine_} against {theirs_}"


def cells_in_arrays(sheet: Any) -> set[tuple[int, int]]:
    arrays = [cell.value.ref for row in sheet.iter_rows() for cell in row if isinstance(cell.value, ArrayFormula)]
    return {cell for reference in arrays for row in CellRange(reference).rows for cell in row}


def hidden_columns(sheet: Any) -> set[int]:
    hidden = [dimension for dimension in sheet.column_dimensions.values() if dimension.hidden]
    return {column for dimension in hidden for column in range(dimension.min, dimension.max + 1)}


def seen_by_us(cell: Cell) -> tuple[CellKind, object, bool]:
    value: object = cell.text
    if cell.kind is CellKind.TEXT and cell.text == "" and cell.has_formula:
        # An empty text that a formula came to: openpyxl shows it as no value.
        return CellKind.EMPTY, "", True
    if cell.kind is CellKind.NUMBER:
        value = float(cell.text)
    elif cell.kind is CellKind.BOOLEAN:
        value = cell.text == "1"
    return cell.kind, value, cell.has_formula


def seen_by_openpyxl(value: Any, has_formula: bool) -> tuple[CellKind, object, bool]:
    content = value.value
    if content is None:
        return CellKind.EMPTY, "", has_formula
    if isinstance(content, bool):
        return CellKind.BOOLEAN, content, has_formula
    if value.data_type == "n":
        return CellKind.NUMBER, float(content), has_formula
    if value.data_type == "e":
        return CellKind.ERROR, content, has_formula
    if value.data_type == "d":
        is_day = isinstance(content, dt.datetime) and content.time() == dt.time()
        return CellKind.DATE, (content.date() if is_day else content).isoformat(), has_formula
    return CellKind.TEXT, content, has_formula
