"""What can be asked about submissions: which there are, what is in force, what is to be judged.

Here belong the questions that the index's rows answer. Not here: what happened (``events_asked``),
and opening the index, catching up and recording (``ledger``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, TypeVar, cast

from sources.custody.index import OF_PERIOD, Index
from sources.custody.submission import (
    JUDGED_AGAIN,
    LET_GO,
    TRIED_TWICE,
    AcceptedSubmission,
    JudgedSubmission,
    State,
    Submission,
)
from sources.reader import refusals
from sources.template.declaration import CONTRACT_VERSION

S = TypeVar("S", bound=Submission)

# What could not be opened cannot be, whatever the council decides.
_OF_THE_FILE_ALONE = refusals.CODES - TRIED_TWICE


class SubmissionsAsked:
    """The questions about submissions; every one costs what its answer does (ruling C8)."""

    _connection: sqlite3.Connection
    _index: Index

    def submissions(self) -> list[Submission]:
        """Return every submission, in order of receipt."""
        return self._index.select("true")

    def submission(self, submission_id: str) -> Submission:
        """Return one submission.

        Raises:
            KeyError: If there is none of that id.
        """
        for found in self._index.select("submission_id = ?", submission_id):
            return found
        raise KeyError(f"no submission {submission_id}")

    def judged_submission(self, submission_id: str) -> JudgedSubmission:
        """Return one submission that a verdict was given on.

        Raises:
            KeyError: If there is none of that id, or it has no verdict yet.
        """
        return self._of_stage(JudgedSubmission, submission_id)

    def accepted_submission(self, submission_id: str) -> AcceptedSubmission:
        """Return one submission that was accepted.

        Raises:
            KeyError: If there is none of that id, or its last verdict is another.
        """
        return self._of_stage(AcceptedSubmission, submission_id)

    def by_bytes(self, directorate_code: str, file_sha256: str) -> list[Submission]:
        """Return the submissions of the same bytes from the same folder, in order of receipt."""
        return self._index.select("directorate_code = ? and file_sha256 = ?", directorate_code, file_sha256)

    def in_force(self, directorate_code: str, year: str, period: str) -> AcceptedSubmission | None:
        """Return the submission received last among the accepted, not withdrawn ones (R42)."""
        in_force = f"submission_id = (select submission_id from in_force where {OF_PERIOD})"  # noqa: S608 - a constant
        found = self._index.select(in_force, directorate_code, year, period)
        return cast(AcceptedSubmission, found[0]) if found else None

    def in_force_for(self, submission: Submission) -> AcceptedSubmission | None:
        """Return what is in force for a submission's directorate, year and period; None if it names none."""
        if submission.financial_year is None or submission.reporting_period is None:
            return None
        return self.in_force(submission.reports_for, submission.financial_year, submission.reporting_period)

    def overtaken_by(self, submission: Submission) -> AcceptedSubmission | None:
        """Return what is in force for its period and was received later; None if nothing (R42)."""
        now = self.in_force_for(submission)
        return now if now and now.receipt_seq > submission.receipt_seq else None

    def overtaken_for(self, submission_id: str, directorate_code: str, year: str, period: str) -> list[str]:
        """Return the names of the files of a period that were left for one of their batch, in order of receipt (C6)."""
        found = self._index.select(f"{OF_PERIOD} and state = ?", directorate_code, year, period, State.OVERTAKEN)
        return [each.file_name for each in cast(list[JudgedSubmission], found) if each.overtaken_by == submission_id]

    def ids_in_force(self) -> list[str]:
        """Return the ids of all submissions in force (R42), in the order of their periods, then by directorate."""
        rows = self._connection.execute(
            "select submission_id from in_force order by financial_year, reporting_period, reports_for"
        )
        return [submission_id for (submission_id,) in rows]

    def siblings_of(self, submission: JudgedSubmission) -> list[JudgedSubmission]:
        """Return what a receipt compares a submission with, in order of receipt, as it was at its verdict.

        That is what stood for each period of its directorate, and the latest version given for its own.
        """
        stood = (
            "receipt_seq in (select max(receipt_seq) from submission where reports_for = ? and accepted_seq < ?"
            " and (withdrawn_seq is null or withdrawn_seq > ?) group by financial_year, reporting_period)"
        )
        latest = f"submission_id = (select submission_id from submission where {OF_PERIOD}"  # noqa: S608 - a constant
        found = self._index.select(
            f"{stood} or {latest} and judged_seq <= ? order by version_no desc limit 1)",
            *(submission.reports_for, submission.judged_seq, submission.judged_seq),
            *(submission.reports_for, submission.financial_year, submission.reporting_period, submission.judged_seq),
        )
        return [each for each in found if isinstance(each, JudgedSubmission)]

    def judged(self) -> list[JudgedSubmission]:
        """Return every submission that a verdict was given on, in order of receipt."""
        return [each for each in self.submissions() if isinstance(each, JudgedSubmission)]

    def unjudged(self) -> list[Submission]:
        """Return the submissions that wait for a verdict, in order of receipt."""
        return self._index.select("state = ?", State.WAITING)

    def to_judge(self, reference_sha256: str) -> list[Submission]:
        """Return what a load would judge, in order of receipt: what waits, and what is judged again (R53, F-D11).

        Args:
            reference_sha256: The reference folder that it would be judged with.
        """
        states = json.dumps([State.WAITING, *JUDGED_AGAIN])
        found = self._index.select("state in (select value from json_each(?))", states)
        return [each for each in found if each.state is State.WAITING or self._is_due_again(each, reference_sha256)]

    def original_of(self, submission: Submission) -> Submission | None:
        """Return the submission that an identical one repeats; None if it is to be judged as new (R12)."""
        not_repeats = json.dumps([state for state in State if state is not State.DUPLICATE])
        seq = self._index.number(
            "select coalesce(max(receipt_seq), 0) from submission where directorate_code = ? and file_sha256 = ?"
            " and receipt_seq < ? and state in (select value from json_each(?))",
            submission.directorate_code,
            submission.file_sha256,
            submission.receipt_seq,
            not_repeats,
        )
        before = next(iter(self._index.select("receipt_seq = ?", seq)), None)
        return before if before and before.state not in LET_GO else None

    def receipts_of(self, stem: str) -> int:
        """Return how many submissions have ids of that stem: the same bytes from the same folder."""
        return self._index.number("select count(*) from submission where stem = ?", stem)

    def next_version(self, directorate_code: str, year: str, period: str) -> int:
        """Return the number that the next version for that directorate, year and period gets."""
        versions = f"select coalesce(max(version_no), 0) from submission where {OF_PERIOD}"  # noqa: S608 - a constant
        return self._index.number(versions, directorate_code, year, period) + 1

    def rows_but(self, state: State) -> Iterator[tuple[Any, ...]]:
        """Yield what the index holds of each submission that is not in that state, in order of receipt."""
        yield from self._connection.execute("select * from submission where state <> ? order by receipt_seq", (state,))

    def _is_due_again(self, submission: Submission, reference_sha256: str) -> bool:
        """Return whether a verdict was reached under other circumstances than now (R53).

        What has been overtaken is left: while a return received later is in force, an earlier one
        could not stand, and its sender would only be told so once more.
        """
        if submission.not_taken or submission.is_to_be_tried_again:
            return not submission.not_taken
        if not isinstance(submission, JudgedSubmission):
            return False
        is_of_now = submission.contract_version == CONTRACT_VERSION and (
            submission.refusal_code in _OF_THE_FILE_ALONE or submission.reference_sha256 == reference_sha256
        )
        if submission.version_no is None:
            return not is_of_now
        if self.overtaken_by(submission):
            return False
        now = self.in_force_for(submission)
        return not is_of_now or (now.submission_id if now else None) != submission.judged_against

    def _of_stage(self, stage: type[S], submission_id: str) -> S:
        found = self.submission(submission_id)
        if not isinstance(found, stage):
            raise KeyError(f"submission {submission_id} is {found.state.value}, and no {stage.__name__}")
        return found
