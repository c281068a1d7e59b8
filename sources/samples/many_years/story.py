"""What happens in the three years, as ``samples/many_years/*.csv`` tells it.

Here belongs reading the scenario. Not here: amounts (``figures``), who sends what when (``returns``)
and the reference folder (``council``).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from sources.grammar.years import year_starting

SCENARIO = Path(__file__).parent
YEARS = ("2021/22", "2022/23", "2023/24")

Texts = dict[str, str]


@dataclass(frozen=True)
class Line:
    """A saving line of the scenario.

    Attributes:
        saving_ref: Its reference.
        plan_year: The year that it was planned for.
        directorate_code: Who has it at first; plan changes may move it.
        project_ref: Its project.
        service: Its service at first.
        saving_title: Its title.
        benefit_type: What kind of benefit it is; cost avoidance is not cashable.
        recurrence: Recurrent or One-off.
        start_date: When it starts.
        amount_gbp: The baseline; for a replacement what it is to bring.
        closes: Share of the baseline that counts by the end of its plan year, of the next, and so on.
        hope: Share that is forecast beyond that at a year's beginning.
        rest: What becomes of what is not forecast: deferred, split, undeliverable, unexplained.
        replaces_ref: The line it covers; then its baseline is 0.
        fund_ref: The fund line that paid for it.
        decision_ref: The decision that its undeliverable rest names.
        registered: In the plan at first (plan), later (later), by a change (New), or never (none).
    """

    saving_ref: str
    plan_year: str
    directorate_code: str
    project_ref: str
    service: str
    saving_title: str
    benefit_type: str
    recurrence: str
    start_date: date
    amount_gbp: Decimal
    closes: tuple[Decimal, ...]
    hope: Decimal
    rest: str
    replaces_ref: str | None
    fund_ref: str | None
    decision_ref: str | None
    registered: str

    @property
    def key(self) -> tuple[str, str]:
        """The line's natural key."""
        return self.saving_ref, self.plan_year

    @property
    def is_cashable(self) -> bool:
        """Whether a budget is reduced by it."""
        return self.benefit_type != "Cost avoidance"

    def share_by(self, year: str) -> Decimal:
        """Return the share of the baseline that counts by the end of a reporting year."""
        number = int(year[:4]) - int(self.plan_year[:4])
        return self.closes[min(number, len(self.closes) - 1)]


@dataclass(frozen=True)
class Happening:
    """What does not go as usual with a directorate's return for a period.

    Attributes:
        directorate_code: Whose return.
        year: Reporting year.
        period: Reporting period.
        event: What happens; ``timetable`` says what each word does.
        value: Days or a date, as the event needs it.
    """

    directorate_code: str
    year: str
    period: str
    event: str
    value: str


def year_after(year: str, years: int = 1) -> str:
    """Return the financial year so many years later."""
    return year_starting(int(year[:4]) + years)


@cache
def texts(name: str) -> tuple[Texts, ...]:
    """Return the rows of one file of the scenario as they stand there."""
    with open(SCENARIO / f"{name}.csv", encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


@cache
def lines() -> tuple[Line, ...]:
    """Return the scenario's lines."""
    return tuple(_line(row) for row in texts("lines"))


@cache
def happenings() -> tuple[Happening, ...]:
    """Return what does not go as usual."""
    return tuple(
        Happening(row["directorate_code"], row["financial_year"], row["reporting_period"], row["event"], row["value"])
        for row in texts("events")
    )


def _line(row: Texts) -> Line:
    return Line(
        saving_ref=row["saving_ref"],
        plan_year=row["plan_year"],
        directorate_code=row["directorate_code"],
        project_ref=row["project_ref"],
        service=row["service"],
        saving_title=row["saving_title"],
        benefit_type=row["benefit_type"],
        recurrence=row["recurrence"],
        start_date=date.fromisoformat(row["start_date"]),
        amount_gbp=Decimal(row["amount_gbp"]),
        closes=tuple(Decimal(share) for share in row["closes"].split(";")),
        hope=Decimal(row["hope"]),
        rest=row["rest"],
        replaces_ref=row["replaces_ref"] or None,
        fund_ref=row["fund_ref"] or None,
        decision_ref=row["decision_ref"] or None,
        registered=row["registered"],
    )
