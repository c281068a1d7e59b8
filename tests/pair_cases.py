"""What the rules' Python side is asked about, made from the same scenario as the SQL side.

Here belongs the way from a scenario's rows to a reference folder, a case and the returns before it. Not
here: what is generated, and what is compared (``unit/test_pairs_of_*``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import Phase, settings

from sources.findings.place import Place
from sources.home import Home
from sources.judging.case import Case
from sources.judging.history import PreviousReturn
from sources.parsing.rows import Entry, RawTable, Row, Table
from sources.reference.folder_contract import REFERENCE_FILES
from sources.reference.reference import Reference
from sources.template.declaration import SAVINGS, SHEETS, Sheet
from tests.returns import NOTHING_BEFORE, Past
from tests.scenarios import Scenario

# A question to the models takes a tenth of a second: few examples of many rows each, and none made smaller.
FEW = settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
NOBODYS_HOME = Home.at(Path("nowhere"))


def reference_of(scenario: Scenario) -> Reference:
    """Return the folder that a scenario adopted last, as one that was read."""
    tables = {file.name: [] for file in REFERENCE_FILES} | scenario.folder_in_force()
    return Reference(sha256="", folder=Path(), tables=tables)


def table_of(sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return typed rows as if they had just been read, with nothing wrong in any cell."""
    raw = RawTable(sheet, sheet.name, header_row=1, letters={}, headers={}, rows=(), totals=())
    return Table(raw, tuple(_row(sheet, number, row) for number, row in enumerate(rows, start=2)))


def _row(sheet: Sheet, number: int, row: Mapping[str, Any]) -> Row:
    return Row(number, {each.name: Entry(each, Place(sheet.name), row.get(each.name)) for each in sheet.columns})


def case_of(
    reference: Reference,
    directorate: str,
    period: tuple[str, str],
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    history: Past = NOTHING_BEFORE,
) -> Case:
    """Return a directorate's return for a period, with the rows of its sheets by table."""
    named = {"reporting_year": period[0], "reporting_period": period[1]}
    form = {name: Entry(SAVINGS.columns[0], Place("Return"), value) for name, value in named.items()}
    return Case(
        directorate=directorate,
        file_name="return.xlsx",
        received_at=datetime(2021, 10, 12, 9, tzinfo=UTC),
        form=Row(1, form),
        tables={sheet.table: table_of(sheet, tables.get(sheet.table, ())) for sheet in SHEETS},
        reference=reference,
        history=history,
    )


def past_of(
    directorate: str, period: tuple[str, str], tables: Mapping[str, Sequence[Mapping[str, Any]]], **about: Any
) -> PreviousReturn:
    """Return an accepted return as a later judgement finds it."""
    usual = {"submission_id": f"{directorate} {period}", "version_no": 1, "certification": "Provisional"}
    return PreviousReturn(
        **usual | about,
        directorate_code=directorate,
        financial_year=period[0],
        reporting_period=period[1],
        read=lambda sheet, _: tables.get(sheet.table, ()),
    )
