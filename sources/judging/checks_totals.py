"""Checks of sums: control totals, total rows, split deferrals.

Here belong D20, D24 and D25. A sum whose column has a cell that could not be read is not judged:
that cell has its own finding. Not here: sums of published tables (dbt).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from sources.findings.fault import Fault
from sources.findings.place import Place
from sources.findings.shown import escaped
from sources.findings.words import sheets
from sources.grammar.money import xml_number
from sources.grammar.values import NotParsed, parse_money
from sources.judging.case import Case
from sources.judging.follow_on import accounted_for, misread
from sources.parsing.rows import ZERO, RawRow, Row, Table
from sources.parsing.sheet_totals import covered_by
from sources.reader.cells import Cell, CellKind
from sources.template.declaration import CONTROL_TOTALS, MULTIPLE_YEARS, ROW_COUNT, SHEETS

_PENNY = Decimal("0.01")


def _control_totals_match(case: Case) -> Iterator[Fault]:
    """D25: the rows as entered, quarantined ones included, total rows never."""
    for label, column in CONTROL_TOTALS.items():
        if case.form.has(label) and case.savings.is_read(column):
            sums = _sums(case.savings.rows, column)
            if case.form[label] not in sums and not _is_formulas_own(case, label, _sum_by_formula(case, column)):
                control, rows, texts = case.form[label], sums[-1], _amounts_as_text(case.savings, column)
                yield sheets.ControlTotalDiffers(
                    case.form.place(label), control, rows, abs(control - rows), texts, column
                )


def _is_formulas_own(case: Case, label: str, result: Decimal | int) -> bool:
    """Return whether a control total is what the template's formula gives for the sheet as it was read.

    Excel leaves amounts out that are text, and counts total rows in. Both are read all the same,
    and neither is a row too many or too few.
    """
    return case.form.entries[label].has_formula and bool(case.form[label] == result)


def _cells(table: Table, column: str) -> list[Cell]:
    return [row.cells[column] for row in (*table.raw.rows, *table.raw.totals) if column in row.cells]


def _sum_by_formula(case: Case, column: str) -> Decimal:
    """Return what SUM gives for a column."""
    numbers = [xml_number(cell.text) for cell in _cells(case.savings, column) if cell.kind is CellKind.NUMBER]
    return sum((number for number in numbers if number is not None), ZERO).quantize(_PENNY, ROUND_HALF_UP)


def _amounts_as_text(table: Table, column: str) -> tuple[str, ...] | None:
    """Return the cells of the amounts that Excel's own SUM leaves out, the usual cause; None if there are none."""
    return tuple(cell.ref for cell in _cells(table, column) if cell.kind is CellKind.TEXT) or None


def _control_count_matches(case: Case) -> Iterator[Fault]:
    """D25, the number of rows: by formula, of those with a reference."""
    count = case.form[ROW_COUNT]
    counted = len(_cells(case.savings, "saving_ref"))
    rows = sum(not row.is_stray for row in case.savings)
    if case.form.has(ROW_COUNT) and count != rows and not _is_formulas_own(case, ROW_COUNT, counted):
        yield sheets.RowCountDiffers(case.form.place(ROW_COUNT), count, rows, abs(count - rows))


def _sums(rows: Iterable[Row], column: str) -> tuple[Decimal, Decimal]:
    """Return the two sums that a total may agree with: rounded once, and of the rounded cells."""
    rows = list(rows)
    exact = sum((row.entries[column].exact or ZERO for row in rows), ZERO)
    return exact.quantize(_PENNY, ROUND_HALF_UP), sum((row.amount(column) for row in rows), ZERO)


def _total_rows_match(case: Case) -> Iterator[Fault]:
    """D24: each amount of a total row is the sum of the rows that it covers."""
    for sheet in SHEETS:
        table = case.tables[sheet.table]
        for total in table.raw.totals:
            for column in sheet.columns:
                if column.is_money and column.name in total.cells and table.is_read(column.name):
                    yield from _total_cell(table, total, column.name, total.cells[column.name])


def _total_cell(table: Table, total: RawRow, column: str, cell: Cell) -> Iterator[Fault]:
    place = Place(table.raw.name, cell.ref, column, escaped(cell.text))
    said = parse_money(cell, is_not_applicable_allowed=True)
    if isinstance(said, NotParsed):
        yield sheets.TotalUnreadable(place, said.says(place, "D24").in_words().wrong, total.number)
        return
    numbers = set(covered_by(total, [row.number for row in table], table.raw.totals))
    sums = _sums((row for row in table if row.number in numbers), column)
    all_above = _sums((row for row in table if row.number < total.number), column)
    if said.value is not None and said.value not in {*sums, *all_above}:
        difference = sums[-1] - said.value
        texts = _texts_that_make(difference, table, numbers, column)
        yield sheets.TotalDiffers(place, said.value, sums[-1], abs(difference), total.number, texts)


def _texts_that_make(difference: Decimal, table: Table, numbers: set[int], column: str) -> tuple[str, ...] | None:
    """Return the cells of the amounts typed as text, if a total differs by exactly these; else None."""
    as_text = set(_amounts_as_text(table, column) or ())
    left_out = [row for row in table if row.number in numbers and row.place(column).cell in as_text]
    is_the_cause = sum((row.amount(column) for row in left_out), ZERO) == difference
    return tuple(row.place(column).cell for row in left_out) if left_out and is_the_cause else None


def _deferrals_add_up(case: Case) -> Iterator[Fault]:
    """D20: the rows of the Deferrals sheet add up to the line's deferred amount; ``Multiple`` needs some."""
    lines = {row.key: row for row in case.savings if row.key}
    for row in case.savings:
        is_split = row["deferred_to_year"] == MULTIPLE_YEARS and row.amount("deferred_gbp") > 0
        if is_split and row.key and row.key not in case.deferral_rows:
            yield sheets.NoSplit(row.place("deferred_to_year"), row.key[0])
    strangers = {ref for ref, plan_year in case.deferral_rows if (ref, plan_year) not in lines}
    strangers -= accounted_for(misread(case.savings, "saving_ref"), strangers)
    for key, parts in case.deferral_rows.items():
        line = lines.get(key)
        if line is None and key[0] not in strangers:
            continue
        if line is None:
            yield sheets.SplitOfNoLine(parts[0].place("saving_ref"), *key)
        elif all(row.is_sound("deferred_gbp") for row in (line, *parts)):
            yield from _split_adds_up(line, parts)


def _split_adds_up(line: Row, parts: list[Row]) -> Iterator[Fault]:
    sums, deferred = _sums(parts, "deferred_gbp"), line.amount("deferred_gbp")
    if deferred not in sums:
        where = line.place("deferred_gbp").address
        yield sheets.SplitDiffers(parts[0].place("deferred_gbp"), line["saving_ref"], sums[-1], where, deferred)


CHECKS = (_control_totals_match, _control_count_matches, _total_rows_match, _deferrals_add_up)
