"""Puts a council's year into a home of its own: as typed lines, or as the workbooks that hold them.

Here belong both ways; ``builds.test_many_councils`` shows that they come to the same. Not here: what is
in the year (``council_years``).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from orchestration.settings_file import NAME
from sources.clock import fixed_clock, system_clock
from sources.contract.writer import write_template
from sources.custody.clock_check import check_clock
from sources.custody.ledger import Ledger
from sources.custody.marker import establish
from sources.home import Home
from sources.intake.adoption import adopt_reference
from sources.intake.intake import take_in_history
from sources.lines.line_files import write_lines
from sources.lines.typed_lines import sums_of
from sources.reference.reference import Reference
from sources.template.declaration import DEFERRALS, PROJECTS, SAVINGS, SHEETS, Sheet
from tests.council_years import SET_UP_AT, CouncilYear, council_year
from tests.history_rows import Row
from tests.homes import decide, send

REFERENCE = "reference"


@dataclass(frozen=True)
class Return:
    """One return of a year: its row of ``raw.submission``, and its rows by sheet."""

    submission: Row
    tables: dict[str, list[Row]]

    @property
    def at(self) -> datetime:
        """When it was received."""
        received: datetime = self.submission["received_at"]
        return received.replace(tzinfo=UTC)

    def rows(self, sheet: Sheet) -> list[Row]:
        """Return a sheet's rows as they are typed into a workbook."""
        return [{column.name: row[column.name] for column in sheet.columns} for row in self.tables[sheet.table]]


def live_as_typed_lines(seed: int, place: Path) -> CouncilYear:
    """Set a council up in a folder, with its year as intake would have left it, and no file read."""
    year, home = _set_up(seed, place)
    with Ledger.open(home) as ledger:
        adopt_reference(year.reference, ledger, fixed_clock(SET_UP_AT.replace(tzinfo=UTC)))
        for each in _returns(year):
            _record(each, home, ledger, year.reference)
        _believe_the_clock(ledger)
    return year


def live_as_workbooks(seed: int, place: Path) -> CouncilYear:
    """Set a council up in a folder, and take its year in from a workbook per return."""
    year, home = _set_up(seed, place)
    files = place / "sent"
    files.mkdir()
    with Ledger.open(home) as ledger, (files / "received.csv").open("w", encoding="utf-8", newline="") as stream:
        adopt_reference(year.reference, ledger, fixed_clock(SET_UP_AT.replace(tzinfo=UTC)))
        listed = csv.writer(stream)
        listed.writerow(("file", "received_at"))
        for each in _returns(year):
            path = files / each.submission["folder_code"] / each.submission["file_name"]
            path.parent.mkdir(exist_ok=True)
            _write(each, path, year.reference)
            listed.writerow((path.relative_to(files).as_posix(), each.at.isoformat()))
        stream.flush()
        outcomes = take_in_history(files / "received.csv", home, ledger, year.reference)
        _believe_the_clock(ledger)
    sent = [each.submission["submission_id"] for each in _returns(year)]
    received = [each.submission.submission_id for each in outcomes]
    return replace(year, names=dict(zip(sent, received, strict=True)))


def _set_up(seed: int, place: Path) -> tuple[CouncilYear, Home]:
    year = council_year(seed, place / REFERENCE)
    (place / NAME).write_text(f'home = "home"\nreference_dir = "{REFERENCE}"\n', encoding="utf-8")
    home = Home.at(place / "home")
    home.create()
    establish(home)
    return year, home


def _believe_the_clock(ledger: Ledger) -> None:
    """Say what ``--accept-clock`` says: the year is long past, and this machine's clock is right."""
    check_clock(ledger, system_clock, (), is_accepted=True)


def _returns(year: CouncilYear) -> Iterator[Return]:
    raw = {name: table.to_pylist() for name, table in year.scenario.raw_tables().items()}
    for row in raw["submission"]:
        own = row["submission_id"]
        yield Return(row, {s.table: [each for each in raw[s.table] if each["submission_id"] == own] for s in SHEETS})


def _record(each: Return, home: Home, ledger: Ledger, reference: Reference) -> None:
    """Record what intake records of a return, and keep its lines as intake keeps them."""
    row, clock = each.submission, fixed_clock(each.at)
    received = send(ledger, row["folder_code"], str(row["receipt_seq"]).encode(), row["file_name"], clock)
    folder = write_lines(home, received.submission_id, each.tables)
    decide(
        ledger,
        received,
        "accepted",
        row["financial_year"],
        row["reporting_period"],
        clock=clock,
        fields=_fields(row),
        certification=row["certification"],
        rows_read=row["rows_read"],
        lines=received.submission_id,
        lines_sha256=ledger.vault.keep_lines(folder),
        sums={name: str(amount) for name, amount in sums_of(each.tables[SAVINGS.table]).items()},
        reference_sha256=reference.sha256,
    )


def _fields(row: Row) -> dict[str, Any]:
    """Return what the Return sheet says, as the ledger has it."""
    said = {name: row[name] for name in ("return_type", "supersedes_version", "template_version") if row[name]}
    totals = {name: value for name, value in row.items() if name.startswith("control_")}
    return (
        said
        | {"as_at_date": row["as_at_date"].isoformat(), "directorate_code": row["directorate_code"]}
        | {
            name.removesuffix("_gbp"): value if name == "control_row_count" else str(value)
            for name, value in totals.items()
        }
    )


def _write(each: Return, path: Path, reference: Reference) -> None:
    row, prepared = each.submission, (each.at - timedelta(days=1)).date()
    fields: Row = {
        "return_type": row["return_type"],
        "prepared_by": "Business support officer",
        "prepared_by_email": "returns@councils.example",
        "prepared_date": prepared,
    }
    if row["supersedes_version"]:
        fields["supersedes_version"] = row["supersedes_version"]
    if row["certification"] == "Certified":
        fields |= {
            "status": "Certified",
            "director_name": "Executive director",
            "director_signoff_date": prepared,
            "finance_bp_name": f"Finance business partner, {_name_of(row['directorate_code'], reference)}",
            "finance_bp_signoff_date": prepared,
        }
    write_template(
        path, row["directorate_code"], row["financial_year"], row["reporting_period"], reference,
        rows=each.rows(SAVINGS), projects=each.rows(PROJECTS), deferrals=each.rows(DEFERRALS),
        return_fields=fields, spare_rows=0,
    )  # fmt: skip


def _name_of(directorate: str, reference: Reference) -> str:
    named = {row["directorate_code"]: row["directorate_name"] for row in reference.tables["directorate"]}
    return str(named[directorate])
