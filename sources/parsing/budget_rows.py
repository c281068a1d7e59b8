"""From a council's own budget sheet to rows of its plan; each row that is none says why.

Here belongs which rows are taken and which left out, so that the pounds of the sheet are those of the two together.
Not here: what is said of the sheet (``reference.budget_sheet``), and writing the plan (``intake.plan_import``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sources.findings.place import Place
from sources.grammar.choices import Choices
from sources.grammar.money import xml_number
from sources.grammar.values import (
    NoteKind,
    NotParsed,
    Parsed,
    ParsedMoney,
    normalise_name,
    parse_boolean,
    parse_code,
    parse_money,
    parse_text,
)
from sources.reader.cells import Cell, CellKind, SheetCells, Workbook, address, name_key
from sources.reference.budget_sheet import BudgetSheet, BudgetSheetProblem
from sources.reference.folder_cells import written
from sources.template.declaration import PROJECTS, SAVINGS, TOTAL_WORDS, Column

_PENNY = Decimal("0.01")
# Of an amount that is pounds whatever the sheet is in: 45k, or 45000 whose format shows 45.
_OWN_UNIT = frozenset({NoteKind.SCALED_FORMAT, NoteKind.SHORTHAND_THOUSAND, NoteKind.SHORTHAND_MILLION})
_MOST = Decimal(10) ** 12  # of pounds in the plan
_DIRECTORATE = next(column for column in PROJECTS.columns if column.name == "directorate_code")
_CASHABLE = next(column for column in SAVINGS.columns if column.name == "cashable")
_Cells = Mapping[str, Cell]


@dataclass(frozen=True)
class BudgetRow:
    """A row of the sheet.

    Attributes:
        number: Its row.
        pounds: What it says is saved; None where its amount is no number.
        plan: The plan's row by column; empty where it is left out.
        why: Why it is left out; empty where it is taken in.
        reference: What stands where the reference is.
    """

    number: int
    pounds: Decimal | None
    plan: Mapping[str, str]
    why: str
    reference: str


class _LeftOutError(ValueError):
    """A row is no row of the plan; its text says why."""


def budget_rows(book: Workbook, said: BudgetSheet, choices: Choices) -> list[BudgetRow]:
    """Return each row below the headings that has something in a column that was named.

    Args:
        book: The council's workbook.
        said: Its sheet and columns.
        choices: The council's words, on the first day of the plan's year.

    Raises:
        BudgetSheetProblem: If the sheet or a column is not there.
    """
    sheet = _sheet(book, said.sheet)
    heading_row, places = _headings(sheet, said)
    rows: dict[int, dict[str, Cell]] = {}
    names = {place: name for name, place in places.items()}
    for (row, column), cell in sorted(sheet.cells.items()):
        if row > heading_row and column in names and (cell.kind is not CellKind.TEXT or cell.text.strip()):
            rows.setdefault(row, {})[names[column]] = cell
    reader = _Reader(said, choices)
    return [reader.read(number, cells) for number, cells in sorted(rows.items())]


def _sheet(book: Workbook, name: str) -> SheetCells:
    for sheet in book.sheets:
        if name_key(sheet.name) == name_key(name):
            return sheet
    there = ", ".join(sheet.name for sheet in book.sheets)
    raise BudgetSheetProblem(f"There is no sheet '{name}'. The workbook has {there}: name one of them with --sheet.")


def _headings(sheet: SheetCells, said: BudgetSheet) -> tuple[int, dict[str, int]]:
    """Return the row of the headings, and the place of each column that was named."""
    wanted = {name_key(heading): name for name, heading in said.columns.items()}
    found: dict[int, dict[str, list[int]]] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        if name_key(cell.text) in wanted:
            found.setdefault(row, {}).setdefault(wanted[name_key(cell.text)], []).append(column)
    row, places = max(found.items(), key=lambda each: (len(each[1]), -each[0]), default=(0, {}))
    missing = [heading for name, heading in said.columns.items() if name not in places]
    if missing:
        there = ", ".join(cell.text for (at, _), cell in sorted(sheet.cells.items()) if at == row and cell.text)
        seen = f"Row {row} has {there}" if row else "No row has any of the headings"
        raise BudgetSheetProblem(
            f"Sheet '{sheet.name}' has no column {', '.join(map(repr, missing))}. {seen}. Name its columns again."
        )
    if twice := [address(row, at[1]) for at in places.values() if len(at) > 1]:
        raise BudgetSheetProblem(f"{sheet.name}!{twice[0]} repeats a heading. Rename one of the two columns.")
    return row, {name: at[0] for name, at in places.items()}


class _Reader:
    """Reads rows in their order: a reference counts once."""

    def __init__(self, said: BudgetSheet, choices: Choices) -> None:
        self._said, self._choices = said, choices
        self._pattern = choices.reference.setting("saving_ref_pattern")
        self._row_of: dict[str, int] = {}

    def read(self, number: int, cells: _Cells) -> BudgetRow:
        """Return a row, taken in or left out."""
        shown = cells["saving_ref"].text.strip() if "saving_ref" in cells else ""
        pounds = self._pounds(cells.get("baseline_gbp"))
        try:
            plan = self._plan(cells, pounds)
        except _LeftOutError as why:
            return BudgetRow(number, pounds, {}, str(why), shown)
        ref = plan["saving_ref"]
        first = self._row_of.setdefault(ref, number)
        if first != number:
            return BudgetRow(number, pounds, {}, f"Row {first} has the same reference.", shown)
        return BudgetRow(number, pounds, plan, "", shown)

    def _pounds(self, cell: Cell | None) -> Decimal | None:
        """Return the pounds of a row, exactly as the sheet holds them, whether it can be taken in or not."""
        read = parse_money(cell)
        number = xml_number(cell.text) if cell and cell.kind is CellKind.NUMBER else None
        if number is None:
            number = None if isinstance(read, NotParsed) else read.exact
        unit = 1 if _says_its_unit(read) else self._said.unit
        return None if number is None else number * unit * self._said.sign

    def _plan(self, cells: _Cells, pounds: Decimal | None) -> dict[str, str]:
        if any(_is_total(cell) for cell in cells.values()):
            raise _LeftOutError("It is a total.")
        if any(cell.is_struck for cell in cells.values()):
            raise _LeftOutError("A line goes through it.")
        row = {
            "saving_ref": self._reference(cells.get("saving_ref")),
            "directorate_code": self._word("directorate_code", cells, _DIRECTORATE),
            "is_cashable": self._cashable(cells),
            "baseline_gbp": self._amount(cells.get("baseline_gbp"), pounds),
            "budget_document": self._text("budget_document", cells),
        }
        return row | self._said.always

    def _reference(self, cell: Cell | None) -> str:
        ref = self._value("saving_ref", parse_code(cell), cell)
        if ref is None:
            raise _LeftOutError("It has no reference.")
        if not re.fullmatch(self._pattern, ref):
            raise _LeftOutError(f"'{ref}' does not look like {self._pattern}.")
        return ref

    def _amount(self, cell: Cell | None, pounds: Decimal | None) -> str:
        read = parse_money(cell)
        if isinstance(read, NotParsed):
            raise self._not_read("baseline_gbp", read, cell.text if cell else "")
        if pounds is None:
            raise _LeftOutError("It has no amount.")
        if self._said.in_thousands and _says_its_unit(read):
            raise _LeftOutError("Its amount says its own unit, and the sheet is in £000. Write it as the others are.")
        if pounds < 0:
            raise _LeftOutError("It is not a saving: its amount has the other sign.")
        if pounds >= _MOST or pounds != pounds.quantize(_PENNY):
            raise _LeftOutError("The amount is not of whole pennies below £1,000,000,000,000.")
        return written(pounds.quantize(_PENNY)).removesuffix(".00")

    def _word(self, name: str, cells: _Cells, column: Column) -> str:
        text = self._text(name, cells)
        if name in self._said.always:
            return text
        matched = self._choices.match(column, text)
        if isinstance(matched, NotParsed):
            raise self._not_read(name, matched, text)
        return matched.value or text

    def _cashable(self, cells: _Cells) -> str:
        if "is_cashable" in self._said.always:
            return self._said.always["is_cashable"]
        answer = parse_boolean(cells.get("is_cashable"))
        if isinstance(answer, Parsed) and answer.value is not None:
            return written(answer.value)
        return written(self._word("is_cashable", cells, _CASHABLE) == "Cashable")

    def _text(self, name: str, cells: _Cells) -> str:
        if name in self._said.always:
            return self._said.always[name]
        text = self._value(name, parse_text(cells.get(name)), cells.get(name))
        if text is None:
            raise _LeftOutError(f"It has no {self._said.columns[name]}.")
        return text

    def _value(self, name: str, read: Parsed[str] | NotParsed, cell: Cell | None) -> str | None:
        if isinstance(read, NotParsed):
            raise self._not_read(name, read, cell.text if cell else "")
        return read.value

    def _not_read(self, name: str, failure: NotParsed, text: str) -> _LeftOutError:
        wrong = failure.says(Place(), "D09").in_words().wrong
        return _LeftOutError(f"{self._said.columns[name]} is '{text}'. {wrong}")


def _says_its_unit(read: ParsedMoney | NotParsed) -> bool:
    return isinstance(read, ParsedMoney) and any(note.kind in _OWN_UNIT for note in read.notes)


def _is_total(cell: Cell) -> bool:
    """Return whether a cell labels its row as a total, of the council's or of a part of it."""
    words = normalise_name(cell.text).rstrip(":") if cell.kind is CellKind.TEXT else ""
    return words in TOTAL_WORDS or words.startswith(("total ", "sub-total ", "subtotal ")) or words.endswith(" total")


def pounds_of(rows: Sequence[BudgetRow]) -> Decimal:
    """Return the pounds of rows; an amount that is no number is none."""
    return sum((row.pounds for row in rows if row.pounds is not None), Decimal(0))
