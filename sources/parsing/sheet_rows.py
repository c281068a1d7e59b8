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

from sources.findings.findings import Finding
from sources.findings.wording import Place, block, escaped, listed, warn
from sources.grammar.values import ParsedMoney, parse_money
from sources.parsing.rows import RawRow, RawTable
from sources.parsing.sheet_grid import Grid, Merge
from sources.parsing.sheet_headers import ENTER_POUNDS, Header, has_another_unit, letters_by_column, nearest_column
from sources.parsing.sheet_totals import split_totals
from sources.reader.cells import Cell, CellKind, address, column_letters
from sources.template.declaration import Sheet

_MOST_BLANK_ROWS = 50


def read_rows(grid: Grid, sheet: Sheet, header: Header) -> tuple[RawTable, list[Finding]]:
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
    findings += _far_below(grid, data)
    return table, findings


def _by_name(cells: Mapping[int, Cell], header: Header) -> dict[str, Cell]:
    return {name: cells[number] for name, number in header.columns.items() if number in cells}


def _merged(
    grid: Grid, sheet: Sheet, header: Header, rows: Sequence[RawRow]
) -> tuple[list[RawRow], frozenset[str], list[Finding]]:
    """Fill merged labels down; amounts in merged cells are refused, and their addresses returned."""
    by_number = {row.number: row for row in rows}
    in_order = [row.number for row in rows]
    shared: set[str] = set()
    findings = []
    for merge in grid.merges:
        numbers = in_order[bisect_left(in_order, merge.top) : bisect_right(in_order, merge.bottom)]
        columns = [name for name, number in header.columns.items() if merge.touches(number)]
        if merge.top <= header.row or not numbers or not columns:
            continue
        place = Place(grid.source.name, address(merge.top, merge.left), columns[0])
        if any(sheet.column(name).is_money for name in columns):
            if all(_is_label_of_total(by_number[number], sheet) for number in numbers):
                continue
            wrong = f"an amount is in merged cells ({merge.text})"
            findings.append(block("D45", place, wrong, "Unmerge them and give each row its own amount."))
            shared |= {address(number, header.columns[name]) for number in numbers for name in columns}
        elif merge.bottom > merge.top:
            _fill_down(by_number, numbers, merge, header, columns[0])
            wrong = f"the cells {merge.text} are merged, and the label was taken for each of their rows"
            findings.append(warn("D45", place, wrong, "Unmerge them and repeat the label."))
    return [by_number[number] for number in sorted(by_number)], frozenset(shared), findings


def _is_label_of_total(row: RawRow, sheet: Sheet) -> bool:
    """Return whether a row is a total by its label: its label may be merged across as far as it likes."""
    return bool(split_totals(sheet, [row])[1])


def _fill_down(rows: dict[int, RawRow], numbers: Sequence[int], merge: Merge, header: Header, column: str) -> None:
    top = rows.get(merge.top)
    cell = top.cells.get(column) if top else None
    if cell is None:
        return
    for number in numbers:
        if number > merge.top:
            copy = replace(cell, row=number, ref=address(number, header.columns[column]))
            rows[number] = RawRow(number, {**rows[number].cells, column: copy})


def _extra_columns(grid: Grid, sheet: Sheet, header: Header) -> Iterator[Finding]:
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
        name = f"'{escaped(label)}'" if label else "without a name"
        near = nearest_column(label, sheet)
        like = f" Is {near} meant?" if near else ""
        column = column_letters(number)
        if number in first_number:
            place = Place(grid.source.name, first_number[number].ref, column)
            wrong = f"column {column} ({name}) is not in the template, and it holds numbers"
            remedy = f"Move them into a column of the template, or delete it.{like}"
            if has_another_unit(label):
                wrong, remedy = f"column {column} ({name}) is in another unit than pounds", ENTER_POUNDS
            yield block("D05", place, wrong, remedy)
        else:
            place = Place(grid.source.name, address(header.row, number), column)
            yield warn("D05", place, f"column {column} ({name}) is not in the template and was not read", like.strip())


def _is_amount(cell: Cell) -> bool:
    """Return whether a cell holds a number, or text that is read as one."""
    if cell.kind is not CellKind.TEXT:
        return cell.kind is CellKind.NUMBER
    return any(map(str.isdigit, cell.text)) and isinstance(parse_money(cell), ParsedMoney)


def _hidden(grid: Grid, header: Header, rows: Sequence[RawRow]) -> Iterator[Finding]:
    """List what holds data out of sight: all of it was read."""
    sheet = Place(grid.source.name)
    hidden = [row.number for row in rows if row.number in grid.source.hidden_rows]
    if hidden:
        wrong = f"{len(hidden)} hidden rows hold data and were read ({listed(hidden)})"
        yield warn("D44", sheet, wrong, "Unhide them before you send, so that you see what you send.")
    filled = {name for row in rows for name in row.cells}
    columns = [
        f"{column_letters(number)} {name}"
        for name, number in header.columns.items()
        if number in grid.source.hidden_columns and name in filled
    ]
    if columns:
        wrong = f"hidden columns hold data and were read ({listed(columns)})"
        yield warn("D44", sheet, wrong, "Unhide them before you send.")
    if grid.source.filter_range:
        wrong = f"a filter is set on {grid.source.filter_range}; filtered rows were read as well"
        yield warn("D44", sheet, wrong, "Clear the filter before you send.")


def _far_below(grid: Grid, rows: Sequence[RawRow]) -> Iterator[Finding]:
    for above, below in itertools.pairwise(rows):
        blank = below.number - above.number - 1
        if blank > _MOST_BLANK_ROWS:
            place = Place(grid.source.name, next(iter(below.cells.values())).ref)
            wrong = f"{blank} blank rows stand above row {below.number}, which was read"
            yield warn("D44", place, wrong, "Delete the blank rows, or what is left below them.")
