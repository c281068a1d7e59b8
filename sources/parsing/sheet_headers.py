"""Finding the header of a sheet, and which column of the file is which column of the template.

Here belongs how a header may look and what is refused of one. Not here: the rows under it
(``sheet_rows``) and which sheet it is on (``sheets``).

Source: the decision table of the return specification; D05, D06.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sources.findings.fault import Fault
from sources.findings.place import Place
from sources.findings.shown import escaped
from sources.findings.wording import heading_of
from sources.findings.words import layout
from sources.grammar.values import nearest
from sources.parsing.sheet_grid import LONGEST_LABEL, Grid, label_in, label_key
from sources.reader.cells import Cell, CellKind, address, column_letters
from sources.template.declaration import Column, Need, Sheet

MOST_TITLE_ROWS = 15
_MOST_TITLE_CELLS = 2
# Thousands, millions, other currencies, and what is no money at all.
_OTHER_UNIT = re.compile(
    r"£ ?(?:k|m|mn|bn)\b|£? ?['\u2019]?\b000['\u2019]?s?\b|\b(?:k|m|mn|bn) ?£|\((?:k|m|mn|bn)\)"
    r"|\b(?:thousands?|millions?|billions?|pence|fte|days|hours|usd|eur|per ?cent)\b|[€$%]",
    re.IGNORECASE,
)
# In 100 required labels; fewer found is a row that only resembles a header.
_ENOUGH_LABELS = 80


@dataclass(frozen=True)
class Header:
    """A header that can be read by.

    Attributes:
        row: Its row.
        columns: By template column the column number in the file.
        labels: By template column the label found.
        unknown: By column number each label that the template does not know.
        own: Column numbers of the template's own formulas, which are never read.
    """

    row: int
    columns: Mapping[str, int]
    labels: Mapping[str, str]
    unknown: Mapping[int, str]
    own: frozenset[int]


def find_header(grid: Grid, sheet: Sheet) -> tuple[Header | None, list[Fault]]:
    """Return a sheet's header; None with the findings that refuse it.

    With a header the findings do not keep the sheet from being read.
    """
    row = header_row(grid, sheet)
    if row is None:
        return None, [_not_found(grid, sheet)]
    header = _read(grid, sheet, row)
    refusals = [*_split(grid, header), *_twice(grid, sheet, header), *_repeated(grid, sheet, row)]
    refusals += _missing(grid, sheet, header)
    if refusals:
        return None, refusals
    return header, [*_data_above(grid, header), *_renamed(grid, sheet, header)]


def header_row(grid: Grid, sheet: Sheet) -> int | None:
    """Return the first row that holds at least four fifths of the required labels, at most 15 rows down."""
    for row, cells in grid.rows.items():
        if row <= MOST_TITLE_ROWS + 1 and _is_header(cells, sheet):
            return row
    return None


def _is_header(cells: Mapping[int, Cell], sheet: Sheet) -> bool:
    return len(_required_in(cells, sheet)) >= math.ceil(len(_required(sheet)) * _ENOUGH_LABELS / 100)


def _required(sheet: Sheet) -> set[str]:
    return {column.name for column in sheet.columns if column.need is Need.ALWAYS}


def _required_in(cells: Mapping[int, Cell], sheet: Sheet) -> set[str]:
    known = _known_labels(sheet)
    return {known[key].name for key in map(_key, cells.values()) if key in known} & _required(sheet)


@cache
def _known_labels(sheet: Sheet) -> dict[str, Column]:
    """Return by label key the column that it names: by heading, by alias, by its name as version 1.0 had it."""
    aliases = {label_key(alias): column for column in sheet.columns for alias in column.aliases}
    names = {label_key(column.name): column for column in sheet.columns}
    return aliases | names | {label_key(column.heading): column for column in sheet.columns}


@cache
def _own_labels(sheet: Sheet) -> frozenset[str]:
    return frozenset(label_key(word) for own in sheet.own_columns for word in (own.name, own.heading, *own.formerly))


def _key(cell: Cell) -> str:
    return label_key(label_in(cell))


def _read(grid: Grid, sheet: Sheet, row: int) -> Header:
    known, own_keys = _known_labels(sheet), _own_labels(sheet)
    columns: dict[str, int] = {}
    labels: dict[str, str] = {}
    unknown: dict[int, str] = {}
    own: set[int] = set()
    for number, cell in grid.rows[row].items():
        column = known.get(_key(cell))
        if column is not None:
            columns.setdefault(column.name, number)
            labels.setdefault(column.name, cell.text.strip())
        elif _key(cell) in own_keys:
            own.add(number)
        else:
            unknown[number] = cell.text.strip()[:LONGEST_LABEL]
    return Header(row, columns, labels, unknown, frozenset(own))


def _place(grid: Grid, row: int, column: int = 0, name: str = "") -> Place:
    return Place(grid.source.name, address(row, column) if column else "", name)


def _not_found(grid: Grid, sheet: Sheet) -> Fault:
    """Say why no header was found: on two rows, too far down, or not there."""
    required = _required(sheet)
    best = max(grid.rows, key=lambda row: len(_required_in(grid.rows[row], sheet)), default=0)
    found = _required_in(grid.rows[best], sheet) if best else set()
    if best and _is_header(grid.rows[best], sheet):
        return layout.HeadingsTooFarDown(_place(grid, best), best, MOST_TITLE_ROWS)
    for first, second in itertools.pairwise(grid.rows):
        both = {**{-column: cell for column, cell in grid.rows[first].items()}, **grid.rows[second]}
        if second == first + 1 and _is_header(both, sheet):
            return layout.HeadingsOnTwoRows(_place(grid, first), first, second)
    missing = tuple(heading_of(name, sheet.name) for name in sorted(required - found))
    return layout.NoHeadings(_place(grid, best), best if found else None, missing if found else None)


def _split(grid: Grid, header: Header) -> Iterator[Fault]:
    for merge in grid.merges:
        if merge.top <= header.row <= merge.bottom and any(map(merge.touches, header.columns.values())):
            yield layout.HeadingMerged(_place(grid, header.row, merge.left), merge.text)


def _twice(grid: Grid, sheet: Sheet, header: Header) -> Iterator[Fault]:
    known = _known_labels(sheet)
    for number, cell in grid.rows[header.row].items():
        column = known.get(_key(cell))
        if column is not None and header.columns[column.name] != number:
            first = address(header.row, header.columns[column.name])
            yield layout.HeadingTwice(_place(grid, header.row, number, column.name), first, cell.ref)


def _repeated(grid: Grid, sheet: Sheet, header: int) -> Iterator[Fault]:
    for row, cells in grid.rows.items():
        if row > header and _is_header(cells, sheet):
            yield layout.HeadingsAgain(_place(grid, row), row)


def _missing(grid: Grid, sheet: Sheet, header: Header) -> Iterator[Fault]:
    for column in sheet.columns:
        if column.need is Need.OPTIONAL or column.name in header.columns:
            continue
        place = Place(grid.source.name, "", column.name)
        other = next((label for label in header.unknown.values() if _is_in_another_unit(label, column)), None)
        if other is not None:
            yield layout.ColumnInAnotherUnit(place, header.row, escaped(other))
        elif column.need is Need.ALWAYS:
            near = nearest(column.heading, header.unknown.values())
            yield layout.ColumnMissing(place, header.row, column.name, escaped(near) if near else None)


def _data_above(grid: Grid, header: Header) -> Iterator[Fault]:
    """Name each row above the header that is no title: a title is text in at most two cells."""
    for row, cells in grid.rows.items():
        is_title = len(cells) <= _MOST_TITLE_CELLS and all(cell.kind is CellKind.TEXT for cell in cells.values())
        if row < header.row and not is_title:
            yield layout.DataAboveHeadings(_place(grid, row, min(cells)), row, _refs(cells))


def _refs(cells: Mapping[int, Cell]) -> tuple[str, ...]:
    return tuple(cell.ref for cell in cells.values())


def _renamed(grid: Grid, sheet: Sheet, header: Header) -> Iterator[Fault]:
    for name, number in header.columns.items():
        label = header.labels[name]
        if label_key(label) not in {label_key(name), label_key(sheet.column(name).heading)}:
            yield layout.ColumnRenamed(_place(grid, header.row, number, name), escaped(label), name)


def has_another_unit(label: str) -> bool:
    """Return whether a heading says that what is under it is not in pounds (ruling B4)."""
    return _OTHER_UNIT.search(label) is not None


def _is_in_another_unit(label: str, column: Column) -> bool:
    """Return whether a heading is that of a column of amounts, but for its unit."""
    if not column.is_money or not has_another_unit(label):
        return False
    names = [_without_unit(name) for name in (column.name, column.heading, *column.aliases)]
    return nearest(_without_unit(label), names) is not None


def _without_unit(label: str) -> str:
    bare = _OTHER_UNIT.sub(" ", label).casefold().replace("_gbp", "").replace("£", " ")
    return re.sub(r"[\W_]+", " ", bare).strip()


def nearest_column(label: str, sheet: Sheet) -> str | None:
    """Return the heading that a label resembles most; None if it resembles none."""
    return nearest(label, [column.heading for column in sheet.columns])


def letters_by_column(header: Header) -> dict[str, str]:
    """Return by template column the letters of its column in the file."""
    return {name: column_letters(number) for name, number in header.columns.items()}


def required_found(cells: Mapping[int, Cell], sheet: Sheet) -> tuple[int, int]:
    """Return how many of a sheet's required headings a row holds, and how many there are."""
    return len(_required_in(cells, sheet)), len(_required(sheet))
