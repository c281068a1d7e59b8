"""Makes up histories: returns late, sent again, restated, certified, withdrawn; plans that change.

Here belongs inventing what directorates sent and finance decided, in blocks that cannot touch each
other: a block has three reporting years of its own, eight years from the next block's. Not here: what
should follow from them (``history_oracle``). Nothing here keeps intake's rules but those without which
a figure has no meaning: no pound twice (R36), deferred means later (D18), Deferrals add up (D20).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.scenarios import Scenario, line, year_after

FIRST_YEAR = "2019/20"
YEARS_APART = 8
PERIODS = {"P04": date(2000, 7, 31), "P08": date(2000, 11, 30), "P13": date(2001, 3, 31)}
DIRECTORATES = ("AH", "CH", "PL")
FIRST_MOMENT = datetime(2021, 4, 1, 12)  # noqa: DTZ001 - as in the candidate: UTC without zone
EVENTS = 16
BASELINES = ("0", "100.00", "250.55", "1000.01")
SETTINGS = {
    "rag_red_counted_below": "0.75",
    "rag_red_deferred_above": "0.25",
    "rag_amber_counted_below": "0.95",
    "rag_amber_deferred_above": "0",
    "risk_weight_blue": "1",
    "risk_weight_green": "1",
    "risk_weight_amber": "0.75",
    "risk_weight_red": "0.5",
    "risk_weight_grey": "0",
    "years_kept": "5",
}

Row = dict[str, Any]


@dataclass
class Line:
    """A saving line that a block is about: what the plan will say of it, and who starts with it."""

    saving_ref: str
    plan_year: str
    directorate: str
    baseline: Decimal
    is_cashable: bool
    replaces_ref: str | None


@dataclass
class Reference:
    """The tables that change, as the folder adopted last has them."""

    approved_plan: list[Row] = field(default_factory=list)
    plan_change: list[Row] = field(default_factory=list)
    decision: list[Row] = field(default_factory=list)
    expected_return: list[Row] = field(default_factory=list)
    reporting_calendar: list[Row] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))

    def tables(self) -> dict[str, list[Row]]:
        """Return the folder's tables as they are now."""
        tables = {name: list(rows) for name, rows in vars(self).items() if name != "settings"}
        return tables | {"setting": [{"name": name, "value": value} for name, value in self.settings.items()]}


@dataclass(frozen=True)
class Block:
    """Three reporting years that no other block's lines reach, and the moments at which anything happened."""

    years: tuple[str, str, str]
    moments: tuple[datetime, ...]


def scenario_of(seeds: list[int]) -> tuple[Scenario, list[Block]]:
    """Return one scenario with a block a seed, the same for the same seeds."""
    first_years = [year_after(FIRST_YEAR, number * YEARS_APART) for number in range(len(seeds))]
    years = [(year, year_after(year), year_after(year, 2)) for year in first_years]
    reference = Reference(reporting_calendar=[row for block in years for row in _calendar(block)])
    scenario = Scenario(**reference.tables(), financial_year=_financial_years(len(seeds)))
    blocks = []
    for number, (seed, block_years) in enumerate(zip(seeds, years, strict=True)):
        start = FIRST_MOMENT + timedelta(days=100 * number)
        maker = _Maker(random.Random(seed), scenario, reference, block_years, number, start)  # noqa: S311 - no secret
        blocks.append(Block(block_years, tuple(maker.make())))
    return scenario, blocks


def _calendar(years: tuple[str, ...]) -> list[Row]:
    return [
        {
            "financial_year": year,
            "reporting_period": period,
            "as_at_date": as_at.replace(year=int(year[:4]) + as_at.year - 2000),
            "return_due_date": as_at.replace(year=int(year[:4]) + as_at.year - 2000),
        }
        for year in years
        for period, as_at in PERIODS.items()
    ]


def _financial_years(blocks: int) -> list[Row]:
    starts = range(int(FIRST_YEAR[:4]), int(FIRST_YEAR[:4]) + blocks * YEARS_APART + 10)
    return [
        {
            "financial_year": f"{start}/{(start + 1) % 100:02d}",
            "start_date": date(start, 4, 1),
            "end_date": date(start + 1, 3, 31),
            "programme_year_no": start - 2020,
        }
        for start in starts
    ]


class _Maker:
    """Makes one block's events, one a day."""

    def __init__(
        self,
        chance: random.Random,
        scenario: Scenario,
        reference: Reference,
        years: tuple[str, str, str],
        number: int,
        start: datetime,
    ) -> None:
        self.chance, self.scenario, self.reference = chance, scenario, reference
        self.years, self.number, self.now = years, number, start
        self.lines = [self._line(n) for n in range(1, 6)]
        self.is_planned = {line.saving_ref: chance.random() < 0.7 for line in self.lines}

    def make(self) -> list[datetime]:
        """Send, decide and withdraw; return the moments at which something did."""
        self._plan()
        moments = [self.now]
        for _ in range(EVENTS):
            self.now += timedelta(days=1)
            moments.append(self.now)
            if self.chance.random() < 0.35:
                self._decide()
            else:
                moments += self._send()
        return sorted(set(moments))

    def _line(self, n: int) -> Line:
        directorate = self.chance.choice(DIRECTORATES)
        is_replacement = n == 5
        return Line(
            saving_ref=f"{directorate}-{self.number:02d}-{n:03d}",
            plan_year=self.chance.choice(self.years),
            directorate=directorate,
            baseline=Decimal(0 if is_replacement else self.chance.choice(BASELINES)),
            is_cashable=self.chance.random() < 0.8,
            replaces_ref=self.lines_so_far(n) if is_replacement else None,
        )

    def lines_so_far(self, n: int) -> str:
        return f"{self.chance.choice(DIRECTORATES)}-{self.number:02d}-{self.chance.randint(1, n - 1):03d}"

    def _plan(self) -> None:
        for planned in self.lines:
            if self.is_planned[planned.saving_ref] and planned.replaces_ref is None:
                self.reference.approved_plan.append(_planned(planned, planned.baseline))
        for directorate in DIRECTORATES:
            if self.chance.random() < 0.7:
                self._expect(directorate)
        self.scenario.adopt(self.now, **self.reference.tables())

    def _expect(self, directorate: str) -> None:
        row = {
            "directorate_code": directorate,
            "financial_year": self.chance.choice(self.years),
            "from_period": self.chance.choice(list(PERIODS)),
        }
        others = [
            other
            for other in self.reference.expected_return
            if (other["directorate_code"], other["financial_year"]) != (directorate, row["financial_year"])
        ]
        self.reference.expected_return = [*others, row]

    # What finance decides.

    def _decide(self) -> None:
        decisions = [self._register, self._register, self._change, self._change, self._record, self._set, self._collect]
        self.chance.choice(decisions)()
        if self.chance.random() < 0.3:
            self._expect(self.chance.choice(DIRECTORATES))
        self.scenario.adopt(self.now, **self.reference.tables())

    def _register(self) -> None:
        """Put a line in the plan, mend its baseline there, or now and then drop it."""
        planned = self.chance.choice(self.lines)
        others = [row for row in self.reference.approved_plan if row["saving_ref"] != planned.saving_ref]
        is_new = any(row["saving_ref"] == planned.saving_ref for row in self.reference.plan_change)
        if planned.replaces_ref is None and not is_new:
            baseline = planned.baseline + self.chance.choice((0, 0, 0, 10))
            kept = [] if self.chance.random() < 0.15 else [_planned(planned, baseline)]
            self.reference.approved_plan = [*others, *kept]

    def _change(self) -> None:
        changed = self.chance.choice(self.lines)
        is_in_plan = any(row["saving_ref"] == changed.saving_ref for row in self.reference.approved_plan)
        kind = self.chance.choice(("Increase", "Reduce", "Move", "Delete")) if is_in_plan else "New"
        known = [row for row in self.reference.plan_change if row["saving_ref"] == changed.saving_ref]
        if changed.replaces_ref or any(row["change_type"] in ("New", "Delete") for row in known):
            return
        amounts = {"Increase": Decimal("7.35"), "Reduce": Decimal(-1), "New": changed.baseline}
        self.reference.plan_change.append(
            {
                "change_ref": f"C-{len(self.reference.plan_change):04d}",
                "saving_ref": changed.saving_ref,
                "plan_year": changed.plan_year,
                "change_type": kind,
                "amount_gbp": amounts.get(kind, Decimal(0)),
                "directorate_code": self.chance.choice(DIRECTORATES) if kind == "Move" else changed.directorate,
                "is_cashable": changed.is_cashable if kind == "New" else None,
                "effective_year": self.chance.choice(self.years),
                "effective_period": self.chance.choice(list(PERIODS)),
                "decision_ref": "D-0",
            }
        )

    def _record(self) -> None:
        """Record the block's decision, or strike it out."""
        ref = f"D-{self.number}"
        others = [row for row in self.reference.decision if row["decision_ref"] != ref]
        is_recorded = len(others) < len(self.reference.decision)
        recorded = [] if is_recorded else [{"decision_ref": ref, "decided_on": date(2021, 4, 1)}]
        self.reference.decision = [*others, *recorded]

    def _set(self) -> None:
        self.reference.settings["years_kept"] = self.chance.choice(("0", "1", "5"))
        self.reference.settings["rag_red_counted_below"] = self.chance.choice(("0.75", "0.5"))

    def _collect(self) -> None:
        """Take a period out of the calendar, or put what is missing back."""
        block = _calendar(self.years)
        others = [row for row in self.reference.reporting_calendar if row["financial_year"] not in self.years]
        is_whole = len(others) + len(block) == len(self.reference.reporting_calendar)
        dropped = self.chance.choice(block) if is_whole else None
        self.reference.reporting_calendar = [*others, *(row for row in block if row != dropped)]

    # What directorates send.

    def _send(self) -> list[datetime]:
        """Send a return; return when it was released and when withdrawn, if it was."""
        directorate, year = self.chance.choice(DIRECTORATES), self.chance.choice(self.years)
        sent = [row for row in self.lines if self._would_send(row, directorate)]
        rows = [self._row(row, year) for row in sent]
        released = self.now + timedelta(days=3, hours=1) if self.chance.random() < 0.15 else self.now
        withdrawn = released + timedelta(days=2, hours=2) if self.chance.random() < 0.2 else None
        return_type = self.chance.choice(("Initial", "Resubmission", "Restatement")) if rows else "Nil"
        self.scenario.send(
            directorate,
            year,
            self.chance.choice(list(PERIODS)),
            [row for row, _ in rows],
            received_at=self.now,
            accepted_at=released,
            withdrawn_at=withdrawn,
            certification=self.chance.choice(("Provisional", "Certified")),
            return_type=return_type,
            sheets={"Deferrals": [part for _, parts in rows for part in parts]},
        )
        return [moment for moment in (released, withdrawn) if moment]

    def _would_send(self, candidate: Line, directorate: str) -> bool:
        """Return whether a directorate reports a line: mostly its own, and those it was given."""
        moved = [r for r in self.reference.plan_change if r["saving_ref"] == candidate.saving_ref]
        receivers = {row["directorate_code"] for row in moved if row["change_type"] == "Move"}
        is_its_own = directorate == candidate.directorate or directorate in receivers
        return is_its_own and self.chance.random() < 0.85

    def _row(self, sent: Line, year: str) -> tuple[Row, list[Row]]:
        """Return a line's row and its rows of the Deferrals sheet."""
        baseline = sent.baseline + (0 if sent.replaces_ref else self.chance.choice((0, 0, 0, 0, 10)))
        last_year = max(year, sent.plan_year)
        projected, deferred, undeliverable = self._amounts(baseline)
        if sent.replaces_ref:
            projected, deferred, undeliverable = Decimal("80.10"), Decimal(0), Decimal(0)
        parts = self._parts(sent, last_year, deferred)
        years = [part["deferred_to_year"] for part in parts]
        row = line(
            sent.saving_ref,
            baseline,
            projected,
            deferred=deferred,
            undeliverable=undeliverable,
            achieved=self.chance.choice((Decimal(0), projected or Decimal(0), baseline)),
            plan_year=sent.plan_year,
            deferred_to_year=None if not years else years[0] if len(years) == 1 else "Multiple",
            cashable="Cashable" if sent.is_cashable else "Non-cashable",
            replaces_ref=sent.replaces_ref,
            status=self.chance.choice(("On track", "On track", "Withdrawn")),
            decision_ref=f"D-{self.number}" if self.chance.random() < 0.7 else None,
            budget_code=self.chance.choice(("AB12345", None)),
        )
        return row, parts if len(years) > 1 else []

    def _amounts(self, baseline: Decimal) -> tuple[Decimal | None, Decimal, Decimal]:
        """Return projected, deferred and undeliverable, within the baseline but for over-achievement."""
        nothing = Decimal(0)
        shape = self.chance.random()
        if shape < 0.15:
            return baseline + Decimal("33.33"), nothing, nothing
        if shape < 0.25:
            return None, nothing, nothing
        share = [Decimal(self.chance.randint(0, int(baseline * 100))) / 100 for _ in range(3)]
        low, middle, high = sorted(share)
        return low, middle - low, self.chance.choice((nothing, high - middle))

    def _parts(self, sent: Line, last_year: str, deferred: Decimal) -> list[Row]:
        if deferred == 0:
            return []
        first = self.chance.randint(1, 2)
        amounts = [deferred]
        if deferred > 1 and self.chance.random() < 0.4:
            amounts = [Decimal("0.50"), deferred - Decimal("0.50")]
        return [
            {
                "saving_ref": sent.saving_ref,
                "plan_year": sent.plan_year,
                "deferred_to_year": year_after(last_year, first + number),
                "deferred_gbp": amount,
            }
            for number, amount in enumerate(amounts)
        ]


def _planned(planned: Line, baseline: Decimal) -> Row:
    return {
        "saving_ref": planned.saving_ref,
        "plan_year": planned.plan_year,
        "directorate_code": planned.directorate,
        "is_cashable": planned.is_cashable,
        "baseline_gbp": baseline,
    }
