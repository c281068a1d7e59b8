"""What was accepted before: the returns in force, and what a line was in them.

Here belong the questions that a check asks of earlier returns, and their answers from the ledger
and the typed lines. Not here: the checks (``checks_history``), what became of one line in them
(``line_history``), which submission is in force (``custody.ledger``), and how lines are stored (``lines``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Any, Protocol

from sources.custody.ledger import LedgerView
from sources.custody.submission import AcceptedSubmission, JudgedSubmission, received_last
from sources.findings.findings import CERTIFIED
from sources.home import Home
from sources.judging.registration import Line, Period, Replacements, replacements
from sources.lines.line_files import read_sheet
from sources.template.declaration import SAVINGS, Sheet, sheet_named

PastRow = Mapping[str, Any]
Keys = Collection[Line]

CLOSEDOWN = "P13"
INITIAL, RESUBMISSION, RESTATEMENT = "Initial", "Resubmission", "Restatement"

_KEY = ("saving_ref", "plan_year")
# Years of returns are kept in memory while a night judges: of a line, what the checks and the receipts ask.
_ASKED = (
    *_KEY,
    "saving_title",
    *(column.name for column in SAVINGS.columns if column.is_money),
    "deferred_to_year",
    "status",
    "rag",
    "decision_ref",
    "replaces_ref",
)


@dataclass(frozen=True)
class PreviousReturn:
    """A return that is in force for its period.

    Attributes:
        submission_id: Which submission it is.
        directorate_code: Whose figures they are.
        financial_year: The year it reports in.
        reporting_period: The period it reports.
        version_no: Its number for that directorate, year and period.
        certification: ``Provisional`` or ``Certified`` as accepted.
        read: Reads the typed rows of one of its sheets: those columns of them, all if None.
        known_keys: Says its keys where they are known without reading.
    """

    submission_id: str
    directorate_code: str
    financial_year: str
    reporting_period: str
    version_no: int
    certification: str
    read: Callable[[Sheet, tuple[str, ...] | None], Sequence[PastRow]]
    known_keys: Callable[[str], Keys | None] = lambda _: None

    @cached_property
    def period(self) -> Period:
        """Year and period, in the order of time."""
        return self.financial_year, self.reporting_period

    @cached_property
    def keys(self) -> Keys:
        """Its lines alone, in its order: to find one in years of returns, what they all say need not be read."""
        known = self.known_keys(self.submission_id)
        if known is not None:
            return known
        return dict.fromkeys((row["saving_ref"], row["plan_year"]) for row in self.read(SAVINGS, _KEY))

    @cached_property
    def lines(self) -> Mapping[Line, PastRow]:
        """Its Savings rows by line."""
        return {(row["saving_ref"], row["plan_year"]): row for row in self.read(SAVINGS, _ASKED)}

    @cached_property
    def replaces(self) -> Replacements:
        """By reference what its rows replace."""
        return replacements((ref, row["replaces_ref"]) for (ref, _), row in self.lines.items())


class History(Protocol):
    """What a judgement may know of earlier returns."""

    def in_force(self, directorate_code: str, year: str, period: str) -> PreviousReturn | None:
        """Return the return in force for a directorate and period (R42)."""

    def returns(self) -> Sequence[PreviousReturn]:
        """Return every return in force, in the order of their periods, then by directorate."""


class LedgerHistory:
    """The history that the ledger and the typed lines hold: always the ledger's latest, each return met once.

    Args:
        home: Holds the typed lines.
        ledger: Says what is in force.
        known_keys: Says, when it is first asked, the keys of returns whose files need not be opened for them.
    """

    def __init__(self, home: Home, ledger: LedgerView, known_keys: Callable[[], Mapping[str, Keys]] = dict) -> None:
        self._home = home
        self._ledger = ledger
        self._known_keys = cache(known_keys)
        self._as_at = 0
        self._returns: dict[str, PreviousReturn] = {}

    def in_force(self, directorate_code: str, year: str, period: str) -> PreviousReturn | None:
        """Return the return in force for a directorate and period (R42)."""
        submission = self._ledger.in_force(directorate_code, year, period)
        return _previous(self._home, submission) if submission else None

    def returns(self) -> Sequence[PreviousReturn]:
        """Return every return in force, in the order of their periods, then by directorate."""
        now = self._ledger.last_seq()
        if now != self._as_at:
            self._returns = {one: self._returns.get(one) or self._met(one) for one in self._ledger.ids_in_force()}
            self._as_at = now
        return list(self._returns.values())

    def _met(self, submission_id: str) -> PreviousReturn:
        past = _previous(self._home, self._ledger.accepted_submission(submission_id))
        return replace(past, known_keys=lambda one: self._known_keys().get(one))


class HistoryBefore:
    """One directorate's history as it was when a verdict was given, whatever has happened since.

    What is written of that verdict again, years later, then says what it said first.
    """

    def __init__(self, home: Home, siblings: Iterable[JudgedSubmission], judged: JudgedSubmission) -> None:
        accepted = (each for each in siblings if isinstance(each, AcceptedSubmission))
        self._returns = _in_order(home, (each for each in accepted if _stood_before(each, judged)))

    def in_force(self, directorate_code: str, year: str, period: str) -> PreviousReturn | None:
        """Return what was in force for the directorate and period (R42)."""
        wanted = (directorate_code, (year, period))
        return next((past for past in self._returns if (past.directorate_code, past.period) == wanted), None)

    def returns(self) -> Sequence[PreviousReturn]:
        """Return every return of the directorate that was in force, in the order of their periods."""
        return self._returns


def _stood_before(submission: AcceptedSubmission, judged: JudgedSubmission) -> bool:
    """Return whether a submission was accepted, and not withdrawn, when another got its last verdict."""
    is_withdrawn = submission.withdrawn_at is not None and submission.withdrawn_at < judged.judged_at
    return submission.judged_seq < judged.judged_seq and not is_withdrawn


def _in_order(home: Home, accepted: Iterable[AcceptedSubmission]) -> list[PreviousReturn]:
    returns = [_previous(home, submission) for submission in received_last(accepted).values()]
    return sorted(returns, key=lambda past: (past.period, past.directorate_code))


def _previous(home: Home, submission: AcceptedSubmission) -> PreviousReturn:
    return PreviousReturn(
        submission_id=submission.submission_id,
        directorate_code=submission.reports_for,
        financial_year=submission.financial_year,
        reporting_period=submission.reporting_period,
        version_no=submission.version_no,
        certification=submission.certification,
        read=lambda sheet, columns: _rows(home, sheet.name, submission.submission_id, columns),
    )


@lru_cache(maxsize=4096)
def _rows(home: Home, sheet_name: str, submission_id: str, columns: tuple[str, ...] | None) -> tuple[PastRow, ...]:
    """Return an accepted submission's rows; they are written once, so they are read once."""
    return tuple(read_sheet(home, sheet_named(sheet_name), submission_id, columns).to_pylist())


def previous_period(history: History, directorate_code: str, period: Period) -> PreviousReturn | None:
    """Return the directorate's latest earlier period in force, of any year, never a carried copy (R52)."""
    earlier = [past for past in history.returns() if past.directorate_code == directorate_code and past.period < period]
    return earlier[-1] if earlier else None


def has_later_period(history: History, directorate_code: str, period: Period) -> bool:
    """Return whether a later period of that year of the directorate is in force (R42)."""
    year, _ = period
    return any(
        past.directorate_code == directorate_code and past.financial_year == year and past.period > period
        for past in history.returns()
    )


def fitting_type(history: History, directorate_code: str, period: Period) -> str:
    """Return the type of return that fits what is in force for a directorate and period (R42).

    A Nil return stands for any of them.
    """
    in_force = history.in_force(directorate_code, *period)
    if in_force is None:
        return INITIAL
    is_settled = in_force.certification == CERTIFIED or has_later_period(history, directorate_code, period)
    return RESTATEMENT if is_settled else RESUBMISSION


def replaced_before(history: History, directorate_code: str, period: Period, ref: str) -> str | None:
    """Return what a reference replaces in the directorate's latest earlier return in force that has it."""
    # From the latest back, as replacements are sent with every return until they are closed.
    for past in reversed(history.returns()):
        if past.directorate_code == directorate_code and past.period < period:
            for line in past.keys:
                if line[0] == ref:
                    return past.lines[line]["replaces_ref"] or None
    return None
