"""Makes up a council and its year from one number: who reports, what is planned, what is sent.

Here belongs what is different from council to council: its directorates, its plan, how each line goes through the
quarters, who sends late, again, or nothing. Every return is one that intake
accepts. Not here: putting the year into a home (``council_homes``), and what its figures have to be
(``history_oracle``, which is asked about the same scenario).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from sources.reference.answers import Answers, Rhythm
from sources.reference.first_folder import write_first_folder
from sources.reference.folder_contract import REFERENCE_FILES
from sources.reference.folder_writer import write_list
from sources.reference.reference import Reference, bundled_reference, read_reference
from tests.history_figures import PENNY, to_the_penny
from tests.history_oracle import Known, Oracle
from tests.history_rows import NOTHING, Row, Saving
from tests.scenarios import Scenario, line, year_after

YEAR, YEAR_BEFORE = "2021/22", "2020/21"
YEARS = (YEAR_BEFORE, YEAR)
PERIODS = ("P03", "P06", "P09", "P12", "P13")
# Before the first return; and when nothing of the year happens any more. UTC without zone, as in a candidate.
SET_UP_AT, END = datetime(2021, 4, 6, 9), datetime(2022, 9, 1)  # noqa: DTZ001 - as said above
_DIRECTORATES = {"AD": "Adults", "CH": "Children", "EN": "Environment", "FI": "Finance", "HO": "Housing"}
_POUNDS = ("0.00", "1250.55", "40000.00", "99999.99", "250000.01", "1000000.00")
_DECISION, _PROJECT = "C-2021-04", "P-0001"
_EXPLANATION = "The change began a quarter later than planned, which moved £1,000 and more."


@dataclass(frozen=True)
class CouncilYear:
    """A council and its year.

    Attributes:
        reference: The lists that it has set up.
        scenario: What it has sent, in the order of receipt.
        names: What its home calls each submission of the scenario that it calls otherwise.
    """

    reference: Reference
    scenario: Scenario
    names: Mapping[str, str] = field(default_factory=dict)

    def known(self) -> Known:
        """Return what the plain calculation says of it at the end."""
        raw = {name: self._named(table) for name, table in self.scenario.raw_tables().items()}
        return Oracle.of(raw, self.scenario.reference_tables(), YEARS).known_at(END)

    def _named(self, table: pa.Table) -> pa.Table:
        if "submission_id" not in table.column_names:
            return table
        names = [self.names.get(each, each) for each in table["submission_id"].to_pylist()]
        return table.set_column(
            table.column_names.index("submission_id"), table.schema.field("submission_id"), pa.array(names, pa.string())
        )


def code_of(seed: int) -> str:
    """Return the code of the council of a number."""
    return f"E98{seed:06d}"


def council_year(seed: int, folder: Path) -> CouncilYear:
    """Make up the year of the council of a number, the same for the same number.

    Args:
        seed: The number.
        folder: Where its lists are written; must not be there.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    directorates = dict(chance.sample(sorted(_DIRECTORATES.items()), chance.randint(2, 4)))
    savings = [saving for code in directorates for saving in _savings(chance, code)]
    reference = _set_up(seed, directorates, savings, folder)
    published = {file.name: reference.tables[file.name] for file in REFERENCE_FILES if file.is_published}
    scenario = Scenario(**published)
    for due in reference.tables["reporting_calendar"]:
        if due["financial_year"] == YEAR:
            for at, code in sorted(_receipts(chance, due, list(directorates))):
                _send(scenario, chance, at, due, [each for each in savings if each.directorate == code])
    return CouncilYear(reference, scenario)


def _savings(chance: random.Random, directorate: str) -> Iterator[Saving]:
    for number in range(1, chance.randint(2, 7)):
        year = chance.choice((YEAR_BEFORE, YEAR, YEAR, YEAR))
        # A return of zeros alone is held: it says what the one before said.
        baseline, is_cashable = Decimal(chance.choice(_POUNDS)), chance.random() < 0.8
        baseline = baseline or (Decimal(_POUNDS[-1]) if number == 1 else baseline)
        yield Saving(f"{directorate}-{year[2:4]}-{number:03d}", year, directorate, baseline, is_cashable)


def _set_up(seed: int, directorates: dict[str, str], savings: list[Saving], folder: Path) -> Reference:
    answers = Answers(
        council_name=f"Council {seed:06d}",
        council_code=code_of(seed),
        email_domain="councils.example",
        directorates=directorates,
        first_year=YEAR,
        periods=Rhythm.QUARTERS,
        posts={"Section 151 officer": "s151", "Chief accountant": "finance"},
    )
    folder.mkdir(parents=True)
    write_first_folder(answers, folder, bundled_reference())
    write_list(folder, "approved_plan", map(_planned, savings))
    write_list(
        folder,
        "expected_return",
        [{"directorate_code": code, "financial_year": YEAR, "from_period": PERIODS[0]} for code in directorates],
    )
    write_list(
        folder,
        "decision",
        [{"decision_ref": _DECISION, "body": "Council", "decided_on": date(2021, 4, 1), "title": "Not to be done"}],
    )
    return read_reference(folder)


def _planned(saving: Saving) -> Row:
    return {
        "saving_ref": saving.saving_ref,
        "plan_year": saving.plan_year,
        "directorate_code": saving.directorate,
        "is_cashable": str(saving.is_cashable).lower(),
        "baseline_gbp": saving.baseline,
        "budget_document": f"Budget {saving.plan_year}",
    }


def _receipts(chance: random.Random, due: Row, directorates: list[str]) -> Iterator[tuple[datetime, str]]:
    """Yield when who sends for a period: most on time, some late, some again; in a quarter, now and then nothing."""
    for number, code in enumerate(directorates):
        is_last = due["reporting_period"] == PERIODS[-1]
        if is_last or chance.random() < 0.9:
            days = chance.choice((-3, -2, -1, -1, 6))
            at = datetime.combine(due["return_due_date"], datetime.min.time()) + timedelta(days=days, hours=9 + number)
            yield at, code
            if not is_last and chance.random() < 0.2:
                yield at + timedelta(days=10), code


def _send(scenario: Scenario, chance: random.Random, at: datetime, due: Row, savings: list[Saving]) -> None:
    is_certified = due["reporting_period"] == PERIODS[-1]
    rows = [_line(chance, saving, due) for saving in savings]
    (code,) = {saving.directorate for saving in savings}
    scenario.send(
        code,
        YEAR,
        due["reporting_period"],
        [row for row, _ in rows],
        received_at=at,
        as_at_date=due["as_at_date"],
        certification="Certified" if is_certified else "Provisional",
        sheets={
            "Projects": [{"project_ref": _PROJECT, "project_name": f"Changes in {code}"}],
            "Deferrals": [part for _, parts in rows for part in parts],
        },
    )


def _line(chance: random.Random, saving: Saving, due: Row) -> tuple[Row, list[Row]]:
    """Return a line as a careful officer sends it, and its rows of the Deferrals sheet."""
    number = PERIODS.index(due["reporting_period"]) + 1
    projected, deferred, undeliverable = _amounts(chance, saving.baseline, is_last=number == len(PERIODS))
    parts = _parts(chance, saving, deferred)
    to_years = [part["deferred_to_year"] for part in parts]
    row = line(
        saving.saving_ref,
        saving.baseline,
        projected,
        achieved=to_the_penny((projected or NOTHING) * number / len(PERIODS)),
        deferred=deferred,
        undeliverable=undeliverable,
        plan_year=saving.plan_year,
        deferred_to_year=None if not parts else to_years[0] if len(parts) == 1 else "Multiple",
        project_ref=_PROJECT,
        service=f"{saving.directorate}-ALL",
        cashable="Cashable" if saving.is_cashable else "Non-cashable",
        recurrence="One-off" if saving.saving_ref.endswith(("2", "5")) else "Recurrent",
        full_year_effect_gbp=saving.baseline if projected is None else projected + deferred,
        decision_ref=_DECISION if undeliverable else None,
        budget_code="AB12345",
        variance_explanation=_EXPLANATION,
    )
    return row, parts if len(parts) > 1 else []


def _amounts(chance: random.Random, baseline: Decimal, *, is_last: bool) -> tuple[Decimal | None, Decimal, Decimal]:
    """Return projected, deferred and undeliverable; nothing is unknown when the year has ended."""
    shape = chance.random()
    if shape < 0.1 and not is_last:
        return None, NOTHING, NOTHING
    if shape < 0.3:
        return to_the_penny(baseline * Decimal(chance.choice(("1", "1.07")))), NOTHING, NOTHING
    # No less than half: what is a tenth of last time is held.
    projected = to_the_penny(baseline * chance.randint(50, 99) / 100)
    deferred = to_the_penny((baseline - projected) * chance.randint(0, 100) / 100)
    rest = baseline - projected - deferred
    # Nothing may be unexplained in a return that is to be certified.
    return projected, deferred, rest if is_last or chance.random() < 0.5 else NOTHING


def _parts(chance: random.Random, saving: Saving, deferred: Decimal) -> list[Row]:
    """Return what is deferred, by the year that it moves to: one, or two."""
    if deferred == 0:
        return []
    amounts = [PENNY, deferred - PENNY] if deferred > PENNY and chance.random() < 0.4 else [deferred]
    return [
        {
            "saving_ref": saving.saving_ref,
            "plan_year": saving.plan_year,
            "deferred_to_year": year_after(YEAR, later),
            "deferred_gbp": amount,
        }
        for later, amount in enumerate(amounts, start=1)
    ]
