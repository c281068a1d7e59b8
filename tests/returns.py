"""Returns in memory: a clean one as a workbook of cells, changed cell by cell, and judged.

Here belongs the short way for a test to say "Place's return, but with TBC in M2". Not here: files,
custody; assertions.

    judgement = judged(good_return({"Savings!M2": "TBC"}))

An edit is a value for an address: text, a number, a date, True or False, None for an empty cell, or
a Cell made by hand. As in Excel, the control totals follow the rows unless they are edited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sources.findings.findings import Finding, Judgement, Severity
from sources.grammar.money import xml_number
from sources.judging.checks import judge
from sources.judging.history import PreviousReturn
from sources.reader.cells import Cell, CellKind, Refusal, SheetCells, Workbook, address
from sources.reference.reference import Reference, bundled_reference, read_reference
from sources.template.declaration import (
    CONTROL_TOTALS,
    INVESTMENT,
    PROJECTS,
    RETURN_FIELDS,
    RETURN_SHEET,
    SAVINGS,
    SHEETS,
    TEMPLATE_VERSION,
    Sheet,
    heading,
    sheet_named,
)

Row = dict[str, Any]
YEAR, PERIOD = "2021/22", "P06"
HEADER_ROW, FIRST_ROW = 1, 2
_ADDRESS = re.compile(r"(?P<sheet>[^!]+)!(?P<letters>[A-Z]+)(?P<row>\d+)")


@cache
def reference() -> Reference:
    """Return the bundled reference data, read once."""
    return read_reference(bundled_reference())


def reference_with(**tables: Sequence[Mapping[str, Any]]) -> Reference:
    """Return the bundled reference data with some tables in place of their own."""
    lines = {
        name: [{"source_line": number, **row} for number, row in enumerate(rows, start=2)]
        for name, rows in tables.items()
    }
    return replace(reference(), tables={**reference().tables, **lines})


def line(saving_ref: str, baseline: int | str | Decimal, projected: int | str | Decimal | None, **columns: Any) -> Row:
    """Return a row of the Savings sheet that raises nothing by itself if the amounts add up."""
    return {
        "saving_ref": saving_ref,
        "project_ref": "PRJ-0301",
        "saving_title": f"Saving {saving_ref}",
        "service": "Planning",
        "plan_year": YEAR,
        "benefit_type": "Efficiency",
        "cashable": "Cashable",
        "recurrence": "Recurrent",
        "start_date": date(2021, 4, 1),
        "baseline_gbp": baseline,
        "full_year_effect_gbp": baseline,
        "achieved_to_date_gbp": 0,
        "projected_gbp": projected,
        "deferred_gbp": 0,
        "undeliverable_gbp": 0,
        "status": "On track",
        "rag": "Green",
        "maturity": "Delivering",
        **columns,
    }


def project(project_ref: str, name: str, **columns: Any) -> Row:
    """Return a row of the Projects sheet."""
    return {
        "project_ref": project_ref,
        "project_name": name,
        "directorate_code": "PL",
        "owner_post": "Programme manager",
        "stage": "Delivery",
        **columns,
    }


DEFERRED = {"deferred_to_year": "2022/23", "status": "Delayed", "rag": "Red"}
LINES: tuple[Row, ...] = (
    line("PL-21-001", 780_000, 780_000, fund_ref="TF-0001", achieved_to_date_gbp=120_500, budget_code="PL10001"),
    line("PL-21-002", 365_000, 140_000, deferred_gbp=225_000, project_ref="PRJ-0302", **DEFERRED),
    line("PL-21-003", 489_000, 489_000, project_ref="PRJ-0303", achieved_to_date_gbp=100_250, budget_code="PL10002"),
    line("PL-21-004", 759_000, 0, deferred_gbp=759_000, project_ref="PRJ-0304", **DEFERRED),
)
PROJECT_ROWS: tuple[Row, ...] = (
    project("PRJ-0301", "Planning convergence and transformation"),
    project("PRJ-0302", "Route optimisation phase 1"),
    project("PRJ-0303", "Parking phases 1 and 2"),
    project("PRJ-0304", "Dorset travel review", next_milestone_date=date(2022, 3, 1)),
)
FUND_ROWS: tuple[Row, ...] = (
    {
        "fund_ref": "TF-0001",
        "project_ref": "PRJ-0301",
        "funding_source": "Transformation fund",
        "approved_gbp": 900_000,
        "committed_gbp": 850_000,
        "drawn_to_date_gbp": 400_000,
        "year": YEAR,
        "is_enabling": "No",
    },
)
RISK: Row = {
    "risk_ref": "R1",
    "saving_ref": "PL-21-001",
    "description": "It may be late.",
    "likelihood": 3,
    "impact_gbp": 100_000,
    "current_rating": "High",
    "residual_rating": "Medium",
    "owner_post": "Head of Planning",
}
SIGNED = {
    "status": "Certified",
    "director_name": "Executive director, Place",
    "director_signoff_date": date(2021, 10, 10),
    "finance_bp_name": "Finance business partner, Place (illustrative)",
    "finance_bp_signoff_date": date(2021, 10, 10),
}


def form_fields(year: str = YEAR, period: str = PERIOD, **fields: Any) -> Row:
    """Return the Return sheet's values, control totals left out."""
    calendar = reference().calendar(year, period) or {"as_at_date": date(2021, 9, 30)}
    return {
        "template_version": TEMPLATE_VERSION,
        "directorate_code": "PL",
        "reporting_year": year,
        "reporting_period": period,
        "as_at_date": calendar["as_at_date"],
        "return_type": "Initial",
        "value_unit": "GBP",
        "sign_convention": "saving_positive",
        "prepared_by": "Finance officer",
        "prepared_by_email": "finance.officer@dorset.example",
        "prepared_date": calendar["as_at_date"] + timedelta(days=8),
        "status": "Provisional",
        **fields,
    }


def cell(ref: str, value: object) -> Cell:
    """Return a cell at an address that holds a value as Excel would store it."""
    match = _ADDRESS.fullmatch(f"x!{ref}")
    if match is None:
        raise ValueError(f"{ref} is no address")
    row, column = int(match["row"]), _number(match["letters"])
    if isinstance(value, Cell):
        return replace(value, ref=ref, row=row, column=column)
    return Cell(ref, row, column, *_stored(value))


def _stored(value: object) -> tuple[CellKind, str]:
    match value:
        case bool():
            return CellKind.BOOLEAN, str(int(value))
        case int() | Decimal():
            return CellKind.NUMBER, str(value)
        case date():
            return CellKind.DATE, value.isoformat()
        case _:
            return CellKind.TEXT, str(value)


def made(kind: CellKind, text: str, formula: str | None = None, number_format: str = "General") -> Cell:
    """Return a cell by hand; its address comes from where it is put."""
    return Cell("A1", 1, 1, kind, text, formula, number_format)


def place_of(sheet: str, column: str, row: int = FIRST_ROW) -> str:
    """Return the address of a column's cell, ``M2``; of a label's value on the Return sheet."""
    if sheet == RETURN_SHEET:
        return f"B{[field.name for field in RETURN_FIELDS].index(column) + 1}"
    return address(row, [each.name for each in sheet_named(sheet).columns].index(column) + 1)


def at(sheet: str, column: str, row: int = FIRST_ROW) -> str:
    """Return the address with its sheet, ``Savings!M2``."""
    return f"{sheet}!{place_of(sheet, column, row)}"


def good_return(
    edits: Mapping[str, object] | None = None,
    *,
    form: Mapping[str, Any] | None = None,
    rows: Mapping[str, Sequence[Row]] | None = None,
    lines: Sequence[Row] = LINES,
    more_sheets: Iterable[SheetCells] = (),
) -> Workbook:
    """Return Place's clean return for 2021/22 P06, with changes.

    Args:
        edits: By address, ``Savings!M2``, what stands there instead.
        form: Values of the Return sheet instead of the usual ones.
        rows: By sheet name the rows of other sheets.
        lines: The Savings rows.
        more_sheets: Further sheets.
    """
    tables: dict[str, Sequence[Row]] = {PROJECTS.name: PROJECT_ROWS, INVESTMENT.name: FUND_ROWS, **(rows or {})}
    tables[SAVINGS.name] = lines
    sheets = {sheet.name: _table_cells(sheet, tables[sheet.name]) for sheet in SHEETS if sheet.name in tables}
    sheets[RETURN_SHEET] = _form_cells(form_fields() if form is None else form)
    edited = set()
    for where, value in (edits or {}).items():
        match = _ADDRESS.fullmatch(where)
        if match is None:
            raise ValueError(f"{where} is no address with its sheet")
        key = (int(match["row"]), _number(match["letters"]))
        edited.add(where)
        sheets[match["sheet"]].pop(key, None)
        if value is not None:
            sheets[match["sheet"]][key] = cell(f"{match['letters']}{match['row']}", value)
    for label, total in _totals(sheets.get(SAVINGS.name, {})).items():
        where = at(RETURN_SHEET, label)
        if where not in edited and not (form and label in form):
            ref = where.partition("!")[2]
            made_cell = replace(cell(ref, total), formula="SUM(Savings!A2:A1001)")
            sheets[RETURN_SHEET][made_cell.row, made_cell.column] = made_cell
    order = [RETURN_SHEET, *(name for name in sheets if name != RETURN_SHEET)]
    return Workbook((*(SheetCells(name, cells=sheets[name]) for name in order), *more_sheets))


def nil_return(edits: Mapping[str, object] | None = None, **fields: Any) -> Workbook:
    """Return a Nil return: the Return sheet alone, its control totals 0."""
    book = good_return(edits, form=form_fields(return_type="Nil", **fields), lines=())
    return replace(book, sheets=tuple(sheet for sheet in book.sheets if sheet.name == RETURN_SHEET))


def with_sheet(book: Workbook, name: str, **changes: Any) -> Workbook:
    """Return the workbook with attributes of one sheet changed, such as ``merged`` or ``state``."""
    return replace(
        book, sheets=tuple(replace(sheet, **changes) if sheet.name == name else sheet for sheet in book.sheets)
    )


def without_sheet(book: Workbook, name: str) -> Workbook:
    """Return the workbook without a sheet."""
    return replace(book, sheets=tuple(sheet for sheet in book.sheets if sheet.name != name))


def moved(book: Workbook, name: str, rows: int = 0, columns: int = 0) -> Workbook:
    """Return the workbook with everything on a sheet moved down and to the right."""
    sheet = next(sheet for sheet in book.sheets if sheet.name == name)
    cells = {
        (row + rows, column + columns): replace(
            each, ref=address(row + rows, column + columns), row=row + rows, column=column + columns
        )
        for (row, column), each in sheet.cells.items()
    }
    return with_sheet(book, name, cells=cells)


def _table_cells(sheet: Sheet, rows: Sequence[Row]) -> dict[tuple[int, int], Cell]:
    cells = {(HEADER_ROW, n): cell(address(HEADER_ROW, n), col.heading) for n, col in enumerate(sheet.columns, start=1)}
    for row_number, row in enumerate(rows, start=FIRST_ROW):
        for number, column in enumerate(sheet.columns, start=1):
            if row.get(column.name) is not None:
                cells[row_number, number] = cell(address(row_number, number), row[column.name])
    return cells


def _form_cells(fields: Mapping[str, Any]) -> dict[tuple[int, int], Cell]:
    cells = {}
    for row, column in enumerate(RETURN_FIELDS, start=1):
        cells[row, 1] = cell(address(row, 1), column.heading)
        if fields.get(column.name) is not None:
            cells[row, 2] = cell(address(row, 2), fields[column.name])
    return cells


def _totals(cells: Mapping[tuple[int, int], Cell]) -> dict[str, Decimal | int]:
    """Return what Excel's SUM and COUNTA would give: text is no number and a blank no row."""
    names = [column.name for column in SAVINGS.columns]
    totals: dict[str, Decimal | int] = {
        label: sum(
            (
                xml_number(each.text) or Decimal(0)
                for (row, column), each in cells.items()
                if row > HEADER_ROW and column == names.index(name) + 1 and each.kind is CellKind.NUMBER
            ),
            Decimal(0),
        )
        for label, name in CONTROL_TOTALS.items()
    }
    filled = [each for (row, column), each in cells.items() if row > HEADER_ROW and column == 1 and each.text.strip()]
    return {"control_row_count": len(filled), **totals}


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


@dataclass(frozen=True)
class Past:
    """A history in memory."""

    past: tuple[PreviousReturn, ...] = ()

    def in_force(self, directorate_code: str, year: str, period: str) -> PreviousReturn | None:
        """Return the last of the returns for that directorate and period."""
        wanted = (directorate_code, year, period)
        found = [each for each in self.past if (each.directorate_code, *each.period) == wanted]
        return found[-1] if found else None

    def returns(self) -> list[PreviousReturn]:
        """Return them by period and directorate."""
        return sorted(self.past, key=lambda each: (each.period, each.directorate_code))


NOTHING_BEFORE = Past()


def judged(
    book: Workbook | Refusal,
    *,
    history: Past = NOTHING_BEFORE,
    data: Reference | None = None,
    folder: str = "PL",
    file_name: str = "return.xlsx",
    received_at: datetime | None = None,
) -> Judgement:
    """Judge a return, received three days before it was due unless said otherwise."""
    data = data or reference()
    return judge(book, folder, file_name, received_at or _in_time(book, data), data, history)


def _in_time(book: Workbook | Refusal, data: Reference) -> datetime:
    if isinstance(book, Refusal):
        return datetime(2021, 10, 12, 9, tzinfo=UTC)
    form = next(sheet for sheet in book.sheets if sheet.name.strip() == RETURN_SHEET)
    values = {each.text: form.cells.get((row, 2)) for (row, column), each in form.cells.items() if column == 1}
    year, period = (values.get(heading(RETURN_SHEET, name)) for name in ("reporting_year", "reporting_period"))
    row = data.calendar(year.text, period.text) if year and period else None
    day = row["return_due_date"] - timedelta(days=3) if row else date(2021, 10, 12)
    return datetime.combine(day, time(9), UTC)


def accepted(book: Workbook, *, version_no: int = 1, directorate: str = "PL", **how: Any) -> PreviousReturn:
    """Return a return as a later judgement finds it; it has to be one that is accepted."""
    judgement = judged(book, folder=directorate, **how)
    if not judgement.tables:
        raise AssertionError([finding.message for finding in judgement.findings])
    return PreviousReturn(
        submission_id=f"{directorate}-{judgement.fields['reporting_period']}-{version_no}",
        directorate_code=directorate,
        financial_year=judgement.fields["reporting_year"],
        reporting_period=judgement.fields["reporting_period"],
        version_no=version_no,
        certification=judgement.certification,
        read=lambda sheet, _: judgement.tables[sheet.table],
    )


def found(judgement: Judgement, rule: str) -> list[Finding]:
    """Return the findings of one rule."""
    return [finding for finding in judgement.findings if finding.rule == rule]


def told(judgement: Judgement) -> list[tuple[str, str, str]]:
    """Return rule, severity and address of each cell found, without what every provisional return lists (D52)."""
    return [
        (finding.rule, finding.severity.value, f"{finding.sheet}!{cell}" if cell else finding.sheet)
        for finding in judgement.findings
        for cell in finding.cells or ("",)
        if (finding.rule, finding.severity) != ("D52", Severity.CERTIFY)
    ]
