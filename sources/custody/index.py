"""The index: what the events about each submission add up to, as rows of the ledger's database.

Here belongs how an event changes the rows, and how rows are read; each question costs what its answer
does, however many returns there have been. Not here: the tables themselves (``ledger_file``),
the questions (``submissions_asked``, ``events_asked``), and what an event makes of a submission (``submission``).
"""

from __future__ import annotations

import sqlite3
from typing import cast

from sources.custody import submission as fold
from sources.custody.events import Event
from sources.custody.payloads import Decision, Judged, Payload, Received
from sources.custody.submission import AcceptedSubmission, JudgedSubmission, State, Submission

OF_PERIOD = "reports_for = ? and financial_year = ? and reporting_period = ?"


class Index:
    """The rows of one database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def select(self, where: str, *values: object) -> list[Submission]:
        """Return the submissions of which something holds, in order of receipt.

        Args:
            where: The condition, a constant of the caller's.
            values: What varies in it.
        """
        sql = f"select document from submission where {where} order by receipt_seq"  # noqa: S608 - as said above
        return [fold.from_json(text) for (text,) in self._connection.execute(sql, values)]

    def number(self, sql: str, *values: object) -> int:
        """Return the one number that a query answers."""
        return int(self._connection.execute(sql, values).fetchone()[0])

    def add(self, event: Event[Payload]) -> None:
        """Note an event, and what it makes of the submission that it is about."""
        self._connection.execute("insert into event values (?, ?, ?)", (event.seq, event.kind, event.sha256))
        match event.payload:
            case Received():
                self._put(fold.received(cast(Event[Received], event)))
            case Judged(submission_id=about):
                self._put(fold.judged(self._about(about), cast(Event[Judged], event)))
            case Decision(submission_id=about):
                self._put(fold.decided(self._about(about), cast(Event[Decision], event)))

    def _about(self, submission_id: str) -> Submission:
        (found,) = self.select("submission_id = ?", submission_id)
        return found

    def _put(self, submission: Submission) -> None:
        judged = submission if isinstance(submission, JudgedSubmission) else None
        accepted = submission if isinstance(submission, AcceptedSubmission) else None
        row = (
            submission.submission_id,
            submission.stem,
            submission.receipt_seq,
            submission.directorate_code,
            submission.file_sha256,
            submission.is_receipt_declared,
            submission.state,
            submission.reports_for,
            submission.financial_year,
            submission.reporting_period,
            judged.version_no if judged else None,
            judged.judged_seq if judged else None,
            accepted.judged_seq if accepted else None,
            accepted.decided_seq if accepted and accepted.state is State.WITHDRAWN else None,
            fold.as_json(submission),
        )
        places = ", ".join("?" * len(row))
        self._connection.execute(f"insert or replace into submission values ({places})", row)  # noqa: S608 - a constant
        if accepted:
            self._put_in_force(accepted)

    def _put_in_force(self, accepted: AcceptedSubmission) -> None:
        """Note what is in force for a period of which one return was accepted or withdrawn just now (R42)."""
        period = (accepted.reports_for, accepted.financial_year, accepted.reporting_period)
        self._connection.execute(f"delete from in_force where {OF_PERIOD}", period)  # noqa: S608 - a constant
        self._connection.execute(
            "insert into in_force select submission_id, financial_year, reporting_period, reports_for"  # noqa: S608
            f" from submission where {OF_PERIOD} and state = ? order by receipt_seq desc limit 1",
            (*period, State.ACCEPTED),
        )
