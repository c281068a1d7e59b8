"""Which grammar reads which column: the one place where a template column meets a grammar.

Here belongs the choice alone. Not here: the grammars themselves (``money``, ``years``, ``dates``,
``names``), the shapes they answer with (``parsed``), lists and patterns (``reference`` knows them,
``judging.checks`` applies them), and what a note or a failure means for the file (``judging.checks``).
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.findings.words import cells
from sources.grammar.dates import parse_date
from sources.grammar.money import parse_integer, parse_money
from sources.grammar.names import (
    Suggestions,
    match_choice,
    nearest,
    normalise_code,
    normalise_name,
    parse_boolean,
    parse_code,
    parse_text,
    parse_weights,
)
from sources.grammar.parsed import Note, NoteKind, NotParsed, Parsed, ParsedMoney, Problem, is_blank
from sources.grammar.years import parse_period, parse_year, parse_year_or_multiple, start_year, year_starting
from sources.reader.cells import Cell, CellKind
from sources.template.declaration import Column, Kind, Need

__all__ = [
    "NotParsed",
    "Note",
    "NoteKind",
    "Parsed",
    "ParsedMoney",
    "Problem",
    "Suggestions",
    "match_choice",
    "nearest",
    "normalise_code",
    "normalise_name",
    "parse",
    "parse_boolean",
    "parse_code",
    "parse_money",
    "parse_text",
    "parse_weights",
    "start_year",
    "year_starting",
]

_NEVER_A_DATE = frozenset({Kind.REF, Kind.REF_LIST, Kind.LIST, Kind.TEXT})
_STRUCK_TEXT = Note(NoteKind.STRUCK, cells.StruckText)
# A baseline is a figure of the plan: a word for zero in its place is never an answer.
_NO_NIL_COLUMNS = frozenset({"baseline_gbp"})


def parse(
    cell: Cell | None, column: Column, programme_years: Mapping[int, str] | None = None
) -> Parsed[object] | NotParsed:
    """Read a cell by the grammar of its template column.

    Args:
        cell: The cell, or None where the sheet has none.
        column: Its column or, on the Return sheet, its label.
        programme_years: By programme year number the financial year, for "Yr 1"; none: refused.

    Returns:
        By kind: money Decimal (``ParsedMoney``), year ``2021/22``, period ``P06``, date, int,
        bool, and text for all others. A LIST is handed over as text, for ``match_choice`` with
        the list in force; a REF is normalised, its pattern is still to be matched; a REF_LIST is
        text, for ``parse_weights``.
    """
    failure = _not_as_typed(cell, column)
    if failure is not None:
        return failure
    parsed = _parse(cell, column, programme_years)
    if cell is None or not cell.is_struck or isinstance(parsed, NotParsed) or parsed.value is None:
        return parsed
    return Parsed(parsed.value, (*parsed.notes, _STRUCK_TEXT))


def _not_as_typed(cell: Cell | None, column: Column) -> NotParsed | None:
    """Return why what a person sees may not be what the cell holds; free text is read with less."""
    if cell is None or is_blank(cell) or column.kind is Kind.NARRATIVE:
        return None
    if cell.kind is CellKind.DATE and column.kind in _NEVER_A_DATE:
        return NotParsed(Problem.IS_A_DATE, cells.TextBecameDate)
    if column.kind is Kind.TEXT:
        return None
    if cell.is_struck:
        return NotParsed(Problem.STRUCK, cells.Struck)
    if cell.is_raised:
        return NotParsed(Problem.RAISED, cells.Raised)
    return None


def _parse(cell: Cell | None, column: Column, programme_years: Mapping[int, str] | None) -> Parsed[object] | NotParsed:
    match column.kind:
        case Kind.MONEY | Kind.MONEY_OR_NA:
            return parse_money(
                cell,
                is_nil_allowed=column.name not in _NO_NIL_COLUMNS,
                is_not_applicable_allowed=column.kind is Kind.MONEY_OR_NA,
                is_optional=column.need is Need.OPTIONAL,
            )
        case Kind.YEAR:
            return parse_year(cell, programme_years)
        case Kind.YEAR_OR_MULTIPLE:
            return parse_year_or_multiple(cell, programme_years)
        case Kind.PERIOD:
            return parse_period(cell)
        case Kind.DATE:
            return parse_date(cell)
        case Kind.INTEGER:
            return parse_integer(cell)
        case Kind.BOOLEAN:
            return parse_boolean(cell)
        case Kind.REF:
            return parse_code(cell, column.max_length)
        case _:
            return parse_text(cell, column.max_length)
