"""Any number of plain years of returns, up to this one: each directorate sends each period, and nothing goes wrong.

Here belong the workbooks and the reference folder of such years. Not here: a story with what goes wrong
(``sources.samples.many_years``), and measuring (``bench_growth``).

Each year each directorate plans three lines: one that is delivered within its year, and two whose rest comes in the
two years after. So a return has at most seven lines, and a line that is delivered leaves it. All of it is invented.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sources.contract.writer import write_template
from sources.reference.folder_writer import read_list, write_list
from sources.reference.reference import Reference, bundled_reference, read_reference
from sources.samples.many_years.council import (
    DIRECTORATES,
    PERIODS,
    calendar_rows,
    due_dates,
    partner_of,
    plan_rows,
)
from sources.samples.many_years.figures import Moment, Row, counted, saving_row
from sources.samples.many_years.other_sheets import project_row
from sources.samples.many_years.story import Line, texts, year_after

# The returns of its first period are those that come after the plain years.
NEXT_YEAR = "2026/27"
REFERENCE = "reference"
# Shares of a line's baseline that count by the end of its plan year, of the next, and so on.
_CLOSES = (("1",), ("0.6", "0.85", "1"), ("0.7", "0.9", "1"))
_VALID_SINCE_THE_FIRST_YEAR = ("directorate", "service", "finance_bp")
# What the bundled folder tells of a year of its own.
_EMPTY = ("plan_change", "decision", "fund", "published_claim", "printed_plan_total", "budget_gap", "year_phase")
_SEED = 1
Listed = list[dict[str, str]]


def write_plain_years(target: Path, years: int) -> Listed:
    """Write so many years of returns, and those of the first period after them.

    Args:
        target: A folder that does not exist; its ``reference`` is the council's.
        years: How many whole years.

    Returns:
        Of each return its ``file``, below the target, and its ``received_at``, period by period.
    """
    told = [year_after(NEXT_YEAR, number - years) for number in range(years + 1)]
    _write_reference(target / REFERENCE, told)
    reference = read_reference(target / REFERENCE)
    senders = [_Sender(code, reference) for code in DIRECTORATES]
    listed = []
    for (year, period), (_, due) in due_dates(told).items():
        if (year, period) > (NEXT_YEAR, PERIODS[0]):
            break
        for number, sender in enumerate(senders):
            received = datetime.combine(due - timedelta(days=2), time(9, number), UTC)
            file = sender.send(target / "returns", Moment(year, period), received.date())
            listed.append({"file": file.relative_to(target).as_posix(), "received_at": received.isoformat()})
    return listed


def _planned(code: str, year: str) -> list[Line]:
    """Return what a directorate plans for a year."""
    return [
        Line(
            saving_ref=f"{code}-{year[2:4]}-{number:03d}",
            plan_year=year,
            directorate_code=code,
            project_ref=_project_of(code)["project_ref"],
            service="",
            saving_title=f"Plain saving {number}",
            benefit_type="Efficiency",
            recurrence="Recurrent",
            start_date=date(int(year[:4]), 4, 1),
            amount_gbp=100_000 * number + Decimal(f"{number}.{number:02d}"),
            closes=tuple(map(Decimal, closes)),
            hope=Decimal("0.1"),
            rest="deferred",
            replaces_ref=None,
            fund_ref=None,
            decision_ref=None,
            registered="plan",
        )
        for number, closes in enumerate(_CLOSES, start=1)
    ]


def _project_of(code: str) -> dict[str, str]:
    return next(row for row in texts("projects") if row["directorate_code"] == code)


@dataclass
class _Sender:
    """Makes the returns of a directorate one after the other, and remembers what counted at each close."""

    code: str
    reference: Reference
    lines: list[Line] = field(default_factory=list)
    counted: dict[Line, Decimal] = field(default_factory=dict)

    def send(self, folder: Path, moment: Moment, day: date) -> Path:
        """Write the return of a period, and return where it lies."""
        if moment.period == PERIODS[0]:
            still_open = [line for line in self.lines if self.counted[line] < line.amount_gbp]
            self.lines = [*still_open, *_planned(self.code, moment.year)]
        before = {line: self.counted.get(line, Decimal(0)) for line in self.lines}
        rows = {line: saving_row(line, line.amount_gbp, moment, before[line], _SEED)[0] for line in self.lines}
        if moment.period == PERIODS[-1]:
            self.counted = {line: counted(row) for line, row in rows.items()}
        return self._write(folder, moment, day, list(rows.values()))

    def _write(self, folder: Path, moment: Moment, day: date, rows: list[Row]) -> Path:
        service = next(iter(self.reference.services_of(self.code, day)))
        path = folder / self.code / f"TRR_{self.code}_{moment.year.replace('/', '-')}_{moment.period}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_template(
            path,
            self.code,
            moment.year,
            moment.period,
            self.reference,
            rows=[row | {"service": service} for row in rows],
            projects=[project_row(_project_of(self.code))],
            return_fields=self._fields(moment, day),
            note=("ILLUSTRATIVE. Everything on these sheets is invented.",),
            spare_rows=0,
        )
        return path

    def _fields(self, moment: Moment, day: date) -> Row:
        fields: Row = {
            "return_type": "Initial",
            "prepared_by": "Business support officer",
            "prepared_by_email": f"returns.{self.code.lower()}@{self.reference.setting('email_domain')}",
            "prepared_date": day,
        }
        if moment.period == PERIODS[-1]:
            fields |= {
                "status": "Certified",
                "director_name": "Executive director",
                "director_signoff_date": day,
                "finance_bp_name": partner_of(self.code),
                "finance_bp_signoff_date": day,
            }
        return fields


def _write_reference(folder: Path, years: list[str]) -> None:
    shutil.copytree(bundled_reference(), folder)
    for name, rows in _tables(years).items():
        write_list(folder, name, rows)


def _tables(years: list[str]) -> dict[str, list[dict[str, Any]]]:
    bundled = bundled_reference()
    first_day = date(int(years[0][:4]), 4, 1)
    planned = [line for year in years for code in DIRECTORATES for line in _planned(code, year)]
    return {
        **{name: [] for name in _EMPTY},
        **{
            name: [row | {"valid_from": first_day} for row in read_list(bundled, name)]
            for name in _VALID_SINCE_THE_FIRST_YEAR
        },
        "setting": [
            row | {"value": _since(first_day, years[0]).get(row["name"], row["value"])}
            for row in read_list(bundled, "setting")
        ],
        "financial_year": [
            {
                "financial_year": year,
                "start_date": date(int(year[:4]), 4, 1),
                "end_date": date(int(year[:4]) + 1, 3, 31),
                "programme_year_no": number,
            }
            # A line may be deferred to a year that is not told.
            for number, year in enumerate([*years, *(year_after(years[-1], n) for n in (1, 2, 3, 4))])
        ],
        "reporting_calendar": calendar_rows(years),
        "expected_return": [
            {"directorate_code": code, "financial_year": year, "from_period": PERIODS[0]}
            for year in years
            for code in DIRECTORATES
        ],
        "approved_plan": plan_rows(planned),
    }


def _since(first_day: date, first_year: str) -> dict[str, object]:
    """Return the settings that say since when there are dates and plans."""
    return {"earliest_date": first_day, "first_plan_year": first_year}
