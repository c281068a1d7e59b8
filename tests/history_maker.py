"""Makes up what happens in three reporting years: what directorates send, and what finance decides.

Here belongs inventing one block's events. Not here: setting blocks side by side
(``histories``), and what a line's row says (``history_rows``).

Mostly people do what they should: they report the next period, and send what the plan gives them with
the baseline that it has. Now and then they are late, restate, withdraw, send what is held or refused, a
line that is not theirs, or one with another baseline.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.history_plan import Plan, period_key
from tests.history_rows import NOTHING, Row, Saving, row_of
from tests.scenarios import Scenario

PERIODS = {"P04": date(2000, 7, 31), "P08": date(2000, 11, 30), "P13": date(2001, 3, 31)}
DIRECTORATES = ("AH", "CH", "PL")
EVENTS = 24
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


@dataclass
class Reference:
    """The tables that change, as the folder adopted last has them, those of all blocks together."""

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


def calendar_of(years: tuple[str, ...]) -> list[Row]:
    """Return the calendar of some years: three periods each."""
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


class Maker:
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
        """Start a block.

        Args:
            chance: Decides everything.
            scenario: Where it happens.
            reference: The folder in force, which other blocks have changed before.
            years: The block's reporting years.
            number: The block's number, part of its references.
            start: The moment of its first event.
        """
        self.chance, self.scenario, self.reference = chance, scenario, reference
        self.years, self.number, self.now = years, number, start
        self.periods = [(year, period) for year in years for period in PERIODS]
        self.savings = [self._saving(n) for n in range(1, 6)]
        replaced = chance.choice(self.savings)
        chained = chance.choice((replaced.saving_ref, f"{replaced.directorate}-{number:02d}-006"))
        for n, replaces_ref in ((6, replaced.saving_ref), (7, chained)):
            ref = f"{replaced.directorate}-{number:02d}-{n:03d}"
            plan_year = chance.choice(years)
            self.savings.append(Saving(ref, plan_year, replaced.directorate, NOTHING, True, replaces_ref))

    def make(self) -> list[datetime]:
        """Plan, send, decide and withdraw; return the moments at which something did."""
        self._plan()
        moments = [self.now]
        for done in range(EVENTS):
            self.now += timedelta(days=1)
            moments.append(self.now)
            if self._happens(0.3):
                self._decide()
            else:
                moments += self._send(reached=1 + done * len(self.periods) // EVENTS)
        return sorted(set(moments))

    def _happens(self, probability: float) -> bool:
        return self.chance.random() < probability

    def _saving(self, n: int) -> Saving:
        directorate = self.chance.choice(DIRECTORATES)
        return Saving(
            saving_ref=f"{directorate}-{self.number:02d}-{n:03d}",
            plan_year=self.chance.choices(self.years, (6, 3, 1))[0],
            directorate=directorate,
            baseline=Decimal(self.chance.choice(("0", "100.00", "250.55", "1000.01", "1000.01"))),
            is_cashable=self._happens(0.8),
        )

    def _plan(self) -> None:
        for saving in self.savings:
            if saving.replaces_ref is None and self._happens(0.8):
                self.reference.approved_plan.append(_planned(saving, saving.baseline))
        if self._happens(0.6):
            self._record()
        for directorate in DIRECTORATES:
            for year in self.years:
                if self._happens(0.6):
                    self._expect(directorate, year)
        self.scenario.adopt(self.now, **self.reference.tables())

    # What finance decides.

    def _decide(self) -> None:
        register, change = self._register, self._change
        self.chance.choice((register, register, change, change, change, self._record, self._set, self._collect))()
        if self._happens(0.3):
            self._expect(self.chance.choice(DIRECTORATES), self.chance.choice(self.years))
        self.scenario.adopt(self.now, **self.reference.tables())

    def _expect(self, directorate: str, year: str) -> None:
        key = {"directorate_code": directorate, "financial_year": year}
        others = [row for row in self.reference.expected_return if not key.items() <= row.items()]
        first, last = sorted(self.chance.choices(list(PERIODS), k=2))
        until = {"to_period": last} if self._happens(0.3) else {}
        self.reference.expected_return = [*others, {**key, "from_period": first, **until}]

    def _register(self) -> None:
        """Put a line in the plan, mend its baseline there, or now and then drop it."""
        approved = {row["saving_ref"] for row in self.reference.approved_plan}
        missing = [saving for saving in self.savings[:5] if saving.saving_ref not in approved]
        saving = self.chance.choice(missing if missing and self._happens(0.7) else self.savings[:5])
        is_changed_in = any(
            row["saving_ref"] == saving.saving_ref and row["change_type"] == "New" for row in self.reference.plan_change
        )
        if not is_changed_in:
            others = [row for row in self.reference.approved_plan if row["saving_ref"] != saving.saving_ref]
            baseline = saving.baseline + self.chance.choice((0, 0, 0, 10))
            self.reference.approved_plan = [*others, *([] if self._happens(0.1) else [_planned(saving, baseline)])]

    def _change(self) -> None:
        """Change a line of the plan from some period on, or bring a new one in."""
        saving = self.chance.choice(self.savings[:5])
        is_approved = any(row["saving_ref"] == saving.saving_ref for row in self.reference.approved_plan)
        before = [row for row in self.reference.plan_change if row["saving_ref"] == saving.saving_ref]
        if any(row["change_type"] in ("New", "Delete") for row in before):
            return
        kinds = ["Increase", "Increase", "Move", "Move", "Move", "Delete"] if is_approved else ["New"]
        if is_approved and saving.baseline:
            kinds.append("Reduce")
        kind = self.chance.choice(kinds)
        amounts = {"Increase": Decimal("7.35"), "Reduce": Decimal(-1), "New": saving.baseline}
        year, period = self.chance.choice(self.periods)
        self.reference.plan_change.append(
            {
                "change_ref": f"C-{len(self.reference.plan_change):04d}",
                "saving_ref": saving.saving_ref,
                "plan_year": saving.plan_year,
                "change_type": kind,
                "amount_gbp": amounts.get(kind, NOTHING),
                "directorate_code": self._receiver(saving) if kind == "Move" else saving.directorate,
                "is_cashable": saving.is_cashable if kind == "New" else None,
                "effective_year": year,
                "effective_period": period,
                "decision_ref": "D-0",
            }
        )

    def _receiver(self, saving: Saving) -> str:
        return self.chance.choice([code for code in DIRECTORATES if code != saving.directorate])

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
        """Take a period out of the calendar, or put back what is missing."""
        whole = calendar_of(self.years)
        others = [row for row in self.reference.reporting_calendar if row["financial_year"] not in self.years]
        is_whole = len(others) + len(whole) == len(self.reference.reporting_calendar)
        dropped = self.chance.choice(whole) if is_whole else None
        self.reference.reporting_calendar = [*others, *(row for row in whole if row != dropped)]

    # What directorates send.

    def _send(self, reached: int) -> list[datetime]:
        """Send a return, mostly for a period just reached; return when it was released and withdrawn."""
        directorate = self.chance.choice(DIRECTORATES)
        year, period = self.periods[max(0, reached - self.chance.choice((1, 1, 1, 2, 2, 3, 5)))]
        plan = Plan(self.reference.approved_plan, self.reference.plan_change)
        rows = [
            row_of(self.chance, saving, year, self._baseline(saving, plan, year, period), f"D-{self.number}")
            for saving in self.savings
            if self._would_send(saving, directorate, plan, year, period)
        ]
        if self._happens(0.15):
            # It has the latest receipt of its period, and changes nothing.
            state = self.chance.choice(("held", "rejected", "blocked", "refused", "duplicate"))
            self.scenario.send(directorate, year, period, received_at=self.now, state=state, certification=None)
            return []
        released = self.now + timedelta(days=3, hours=1) if self._happens(0.15) else self.now
        withdrawn = released + timedelta(days=2, hours=2) if self._happens(0.15) else None
        self.scenario.send(
            directorate,
            year,
            period,
            [row for row, _ in rows],
            received_at=self.now,
            accepted_at=released,
            withdrawn_at=withdrawn,
            certification=self.chance.choice(("Provisional", "Certified")),
            return_type=self.chance.choice(("Initial", "Resubmission", "Restatement")) if rows else "Nil",
            sheets={"Deferrals": [part for _, parts in rows for part in parts]},
        )
        return [moment for moment in (released, withdrawn) if moment]

    def _would_send(self, saving: Saving, directorate: str, plan: Plan, year: str, period: str) -> bool:
        """Return whether a directorate reports a line: mostly what the plan gives it, seldom another's."""
        planned = plan.line((saving.saving_ref, saving.plan_year), period_key(year, period))
        is_its_own = directorate == (planned.directorate if planned else saving.directorate)
        if saving.replaces_ref:
            return is_its_own and self._happens(0.7)
        return self._happens(0.9 if is_its_own else 0.05)

    def _baseline(self, saving: Saving, plan: Plan, year: str, period: str) -> Decimal:
        planned = plan.line((saving.saving_ref, saving.plan_year), period_key(year, period))
        baseline = planned.baseline if planned else saving.baseline
        return baseline + (10 if saving.replaces_ref is None and self._happens(0.05) else 0)


def _planned(saving: Saving, baseline: Decimal) -> Row:
    return {
        "saving_ref": saving.saving_ref,
        "plan_year": saving.plan_year,
        "directorate_code": saving.directorate,
        "is_cashable": saving.is_cashable,
        "baseline_gbp": baseline,
    }
