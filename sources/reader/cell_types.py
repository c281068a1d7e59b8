"""From the child's answer to a workbook: its shape is checked, formats get their code, dates their day.

Here belongs what the parent makes of what the child read. Not here: starting the child
(``workbook``), and what a cell's content means (``grammar.values``).

The child reads hostile files, so its answer is checked like one. Dates are openpyxl's business:
which format codes show a date, and which day a serial number is.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Annotated, Literal

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sources.reader.cells import MAX_COLUMN, MAX_ROW, Cell, CellKind, Marks, Refusal, SheetCells, Workbook, address
from sources.reader.refusals import NOTED, REASONS, refusal

GENERAL = "General"
# What Excel shows for a number that its date format cannot.
NO_DATE = "########"


_Row = Annotated[int, Field(ge=1, le=MAX_ROW)]
_Column = Annotated[int, Field(ge=1, le=MAX_COLUMN)]
_Number = Annotated[int, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Sheet(_Strict):
    name: str
    state: Literal["visible", "hidden", "veryHidden"]
    # row, column, kind, value (the number of a text, else as written), number of the format, formula
    cells: list[tuple[_Row, _Column, CellKind, _Number | str, _Number, str | None]]
    merged: list[str]
    struck: list[str] = []
    hidden_rows: list[_Row]
    hidden_columns: list[tuple[_Column, _Column]]
    filter_range: str
    linked: list[tuple[_Row, _Column]] = []


class _Answer(_Strict):
    sheets: list[_Sheet] = []
    texts: list[str] = []
    text_marks: list[tuple[_Number, _Number]] = []
    formats: list[int | str] = []
    fonts: list[_Number] = []
    uses_1904: bool = False
    properties: dict[str, str] = {}
    notes: list[str] = []
    refused: str | None = None
    what: str = ""


def workbook_from_answer(answer: bytes) -> Workbook | Refusal:
    """Return what the child's answer says.

    Raises:
        ValueError: If it is no answer that the child would give.
    """
    try:
        read = _Answer.model_validate_json(answer)
    except ValidationError as error:
        raise ValueError(f"the child's answer has {error.error_count()} faults") from None
    if read.refused is not None:
        if read.refused not in REASONS:
            raise ValueError("the child's refusal has no reason of ours")
        return refusal(read.refused, read.what)
    typed = _Typing(read)
    try:
        sheets = tuple(typed.sheet(sheet) for sheet in read.sheets)
    except LookupError as error:
        raise ValueError("the child's answer names what it does not hold") from error
    if not NOTED.issuperset(read.notes):
        raise ValueError("the child's answer has a note that is not ours")
    return Workbook(sheets, read.properties, tuple(read.notes))


class _Typing:
    """Types the cells of one workbook: its formats and its date system hold for all its sheets."""

    def __init__(self, answer: _Answer) -> None:
        self._texts = answer.texts
        self._text_marks = {number: Marks(marks) for number, marks in answer.text_marks}
        self._fonts = [*map(Marks, answer.fonts)] or [Marks.PLAIN]
        self._codes = [_format_code(number_format) for number_format in answer.formats] or [GENERAL]
        self._is_date = [is_date_format(code) for code in self._codes]
        self._is_duration = [is_timedelta_format(code) for code in self._codes]
        self._epoch = MAC_EPOCH if answer.uses_1904 else WINDOWS_EPOCH

    def sheet(self, sheet: _Sheet) -> SheetCells:
        cells = {}
        linked = set(sheet.linked)
        for row, column, read_as, value, style, formula in sheet.cells:
            kind, text = self._typed(read_as, value, style)
            marks = self._marks(value, style)
            cells[row, column] = Cell(
                address(row, column),
                row,
                column,
                kind,
                text,
                formula,
                self._codes[style],
                is_struck=bool(marks & Marks.STRUCK),
                is_raised=bool(marks & Marks.RAISED),
                is_linked=(row, column) in linked,
            )
        return SheetCells(
            name=sheet.name,
            state=sheet.state,
            cells=cells,
            merged=tuple(sheet.merged),
            may_be_struck=tuple(sheet.struck),
            hidden_rows=frozenset(sheet.hidden_rows),
            hidden_columns=frozenset(chain.from_iterable(range(a, b + 1) for a, b in sheet.hidden_columns)),
            filter_range=sheet.filter_range,
        )

    def _marks(self, value: int | str, style: int) -> Marks:
        """Return how a cell's content stands: its runs, and its own font where they leave it to that."""
        of_text = self._text_marks.get(value, Marks.PLAIN) if isinstance(value, int) else Marks.PLAIN
        return of_text if of_text & Marks.OWN else of_text | self._fonts[style]

    def _typed(self, kind: CellKind, value: int | str, style: int) -> tuple[CellKind, str]:
        if isinstance(value, int):
            return kind, self._texts[value]
        if kind is CellKind.DATE:
            return _iso_date(value)
        if kind is CellKind.NUMBER and self._is_date[style]:
            return self._date(value, is_duration=self._is_duration[style])
        return kind, value

    def _date(self, number: str, *, is_duration: bool) -> tuple[CellKind, str]:
        """Return the day, time or duration that a number shows; an error where Excel shows none."""
        try:
            serial = float(number)
            if serial < 0 and not is_duration:
                return CellKind.ERROR, NO_DATE
            return CellKind.DATE, _date_text(from_excel(serial, self._epoch, timedelta=is_duration))
        except (OverflowError, ValueError):
            return CellKind.ERROR, NO_DATE


def _format_code(number_format: int | str) -> str:
    """Return a format's code; that of a built-in one shows the currency of the reader's country, which is ours."""
    if isinstance(number_format, str):
        return number_format
    return BUILTIN_FORMATS.get(number_format, GENERAL).replace('"$"', '"£"')


def _iso_date(text: str) -> tuple[CellKind, str]:
    try:
        return CellKind.DATE, _date_text(from_ISO8601(text))  # type: ignore[no-untyped-call]  # the stubs leave it so
    except (OverflowError, ValueError):
        return CellKind.ERROR, NO_DATE


def _date_text(moment: date | datetime | time | timedelta | None) -> str:
    """Return the ISO text of a day, of a day and time where there is one, or of what else it is."""
    if isinstance(moment, datetime) and moment.time() == time():
        moment = moment.date()
    return str(moment) if isinstance(moment, timedelta | None) else moment.isoformat()
