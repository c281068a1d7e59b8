"""The rows under a header: which hold data, which are totals, what is merged, extra or out of sight.

Here belongs what a row of cells is, before any cell is read. Not here: headers (``sheet_headers``)
and what cells mean (``readings``).

Source: the decision table of the return specification; D05, D24, D44, D45.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sources.findings.fault import Fault
from sources.findings.place import Place
from sources.findings.shown import escaped
from sources.findings.wording import heading_of
from sources.findings.words import layout
from sources.grammar.values import ParsedMoney, parse_money
from sources.parsing.rows import RawRow, RawTable
from sources.parsing.sheet_grid import Grid, Range
from sources.parsing.sheet_headers import Header, has_another_unit, letters_by_column, nearest_column
from sources.parsing.sheet_totals import split_totals
from sources.parsing.stray_rows import is_stray
from sources.reader.cells import Cell, CellKind, address, column_letters
from sources.template.declaration import Sheet

_MOST_BLANK_ROWS = 50


def read_rows(grid: Grid, sheet: Sheet, header: Header) -> tuple[RawTable, list[Fault]]:
    """Return a sheet's data and total rows by template column, with what is to be said of them."""
    found = [RawRow(row, _by_name(cells, header)) for row, cells in grid.rows.items() if row > header.row]
    filled = [row for row in found if row.cells]
    filled, shared, findings = _merged(grid, sheet, header, filled)
    data, totals = split_totals(sheet, filled)
    table = RawTable(
        sheet=sheet,
        name=grid.source.name,
        header_row=header.row,
        letters=letters_by_column(header),
        headers=header.labels,
        rows=tuple(data),
        totals=tuple(totals),
        merged_amounts=shared,
    )
    findings += _extra_columns(grid, sheet, header)
    findings += _hidden(grid, header, data)
    findings += _far_below(grid, sheet, data)
    return table, findings


def _by_name(cells: Mapping[int, Cell], header: Header) -> dict[str, Cell]:
    return {name: cells[number] for name, number in header.columns.items() if number in cells}


def _merged(
    grid: Grid, sheet: Sheet, header: Header, rows: Sequence[RawRow]
) -> tuple[list[RawRow], frozenset[str], list[Fault]]:
    """Fill merged labels down; amounts in merged cells are refused, and their addresses returned."""
    by_number = {row.number: row for row in rows}
    in_order = [row.number for row in rows]
    shared: set[str] = set()
    findings: list[Fault] = []
    for merge in grid.merges:
        numbers = in_order[bisect_left(in_order, merge.top) : bisect_right(in_order, merge.bottom)]
        columns = [name for name, number in header.columns.items() if merge.touches(number)]
        if merge.top <= header.row or not numbers or not columns:
            continue
        place = Place(grid.source.name, address(merge.top, merge.left), columns[0])
        if any(sheet.column(name).is_money for name in columns):
            if all(_is_label_of_total(by_number[number], sheet) for number in numbers):
                continue
            findings.append(layout.MergedAmount(place, merge.text))
            shared |= {address(number, header.columns[name]) for number in numbers for name in columns}
        elif merge.bottom > merge.top:
            _fill_down(by_number, numbers, merge, header, columns[0])
            findings.append(layout.MergedLabel(place, merge.text))
    return [by_number[number] for number in sorted(by_number)], frozenset(shared), findings


def _is_label_of_total(row: RawRow, sheet: Sheet) -> bool:
    """Return whether a row is a total by its label: its label may be merged across as far as it likes."""
    return bool(split_totals(sheet, [row])[1])


def _fill_down(rows: dict[int, RawRow], numbers: Sequence[int], merge: Range, header: Header, column: str) -> None:
    top = rows.get(merge.top)
    cell = top.cells.get(column) if top else None
    if cell is None:
        return
    for number in numbers:
        if number > merge.top:
            copy = replace(cell, row=number, ref=address(number, header.columns[column]))
            rows[number] = RawRow(number, {**rows[number].cells, column: copy})


def _extra_columns(grid: Grid, sheet: Sheet, header: Header) -> Iterator[Fault]:
    """Name each column that the template does not have: one that holds an amount may hold a saving."""
    known = {*header.columns.values(), *header.own}
    first_number: dict[int, Cell] = {}
    extra = dict(header.unknown)
    for row, cells in grid.rows.items():
        for number, cell in cells.items():
            if row > header.row and number not in known:
                extra.setdefault(number, "")
                if _is_amount(cell):
                    first_number.setdefault(number, cell)
    for number, label in sorted(extra.items()):
        letters = column_letters(number)
        named = letters, escaped(label) or None, nearest_column(label, sheet)
        if number in first_number:
            place = Place(grid.source.name, first_number[number].ref, letters)
            if has_another_unit(label):
                yield layout.ExtraColumnInAnotherUnit(place, letters, escaped(label))
            else:
                yield layout.ExtraColumnWithNumbers(place, *named)
        else:
            yield layout.ExtraColumn(Place(grid.source.name, address(header.row, number), letters), *named)


def _is_amount(cell: Cell) -> bool:
    """Return whether a cell holds a number, or text that is read as one."""
    if cell.kind is not CellKind.TEXT:
        return cell.kind is CellKind.NUMBER
    return any(map(str.isdigit, cell.text)) and isinstance(parse_money(cell), ParsedMoney)


def _hidden(grid: Grid, header: Header, rows: Sequence[RawRow]) -> Iterator[Fault]:
    """List what holds data out of sight: all of it was read."""
    sheet = Place(grid.source.name)
    hidden = [row.number for row in rows if row.number in grid.source.hidden_rows]
    if hidden:
        yield layout.HiddenRows(sheet, len(hidden), tuple(hidden))
    filled = {name for row in rows for name in row.cells}
    columns = [
        f"{column_letters(number)} {heading_of(name, grid.source.name)}"
        for name, number in header.columns.items()
        if number in grid.source.hidden_columns and name in filled
    ]
    if columns:
        yield layout.HiddenColumns(sheet, tuple(columns))
    if grid.source.filter_range:
        yield layout.FilterSet(sheet, grid.source.filter_range)


def _far_below(grid: Grid, sheet: Sheet, rows: Sequence[RawRow]) -> Iterator[Fault]:
    for above, below in itertools.pairwise(rows):
        blank = below.number - above.number - 1
        # Of a stray row something else is said, and that once.
        if blank > _MOST_BLANK_ROWS and not is_stray(sheet, below):
            place = Place(grid.source.name, next(iter(below.cells.values())).ref)
            yield layout.FarBelow(place, blank, below.number)
