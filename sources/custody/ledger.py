"""The ledger: an index of the vault's events, in SQLite, so that they can be asked about at once.

Here belong the questions about submissions and events. It holds nothing that the vault does not:
it catches up on opening, and is made anew when it is lost or damaged; one that is ahead knows what
the vault has lost, and is kept. Readers work while a load writes. Not here: how events become
rows (``custody.index``), what the index is held to (``index_check``), and figures of returns (``lines``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, TypeVar, cast

from sources.clock import Clock
from sources.custody import ledger_file
from sources.custody.events import Event, kind_of
from sources.custody.index import OF_PERIOD, Index
from sources.custody.payloads import Decision, Payload, ReferenceAdopted
from sources.custody.problems import LedgerAhead, VaultDamaged, naming_the_place
from sources.custody.submission import (
    JUDGED_AGAIN,
    LET_GO,
    TRIED_TWICE,
    AcceptedSubmission,
    JudgedSubmission,
    State,
    Submission,
)
from sources.custody.vault import Vault
from sources.home import Home
from sources.reader import refusals
from sources.template.declaration import CONTRACT_VERSION

P = TypeVar("P", bound=Payload)
S = TypeVar("S", bound=Submission)


# What could not be opened cannot be, whatever the council decides.
_OF_THE_FILE_ALONE = refusals.CODES - TRIED_TWICE


class LedgerView:
    """What was received and decided, to be asked alone: ``LedgerView.of`` gives it as at this moment.

    Attributes:
        vault: The vault whose events it indexes.
    """

    def __init__(self, home: Home, connection: sqlite3.Connection) -> None:
        self._path = home.ledger
        self.vault = Vault(home)
        self._connection = connection
        self._index = Index(connection)

    @classmethod
    def of(cls, home: Home) -> LedgerView:
        """Return what a home's ledger holds now, caught up with its vault, in memory.

        It takes no lock and writes nothing, so that it works during a load; it is empty where
        nothing has happened yet.

        Raises:
            VaultDamaged: If the vault's events are not the ones that were indexed.
            CustodyProblem: If ledger or vault cannot be read.
        """
        with naming_the_place("Reading the ledger", home.ledger):
            view = cls(home, ledger_file.copied(home.ledger))
            if not home.events.is_dir():
                return view
            view.expect_not_ahead()
        view._catch_up()
        return view

    @classmethod
    def stored(cls, home: Home) -> LedgerView:
        """Return what a home's index holds as it lies on the disk, not caught up, in memory.

        Raises:
            CustodyProblem: If it cannot be read.
        """
        with naming_the_place("Reading the ledger", home.ledger):
            return cls(home, ledger_file.copied(home.ledger))

    @classmethod
    def folded(cls, home: Home, until: int | None = None) -> LedgerView:
        """Return what the vault's events alone come to, in memory; the index on the disk is not looked at.

        Args:
            home: The warehouse.
            until: The number of the last event that counts; all count if None.

        Raises:
            VaultDamaged: If an event is missing or altered.
        """
        view = cls(home, ledger_file.empty())
        view._catch_up(until)
        return view

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of the index, by table, in the order of the first column."""
        named = self._connection.execute("select name from sqlite_master where type = 'table' order by name")
        # The names are those of the index itself.
        return {
            name: self._connection.execute(f"select * from {name} order by 1").fetchall()  # noqa: S608
            for (name,) in named.fetchall()
        }

    def close(self) -> None:
        """Close it; nothing is lost if that is forgotten."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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

    def in_force_for(self, submission: Submission) -> AcceptedSubmission | None:
        """Return what is in force for a submission's directorate, year and period; None if it names none."""
        if submission.financial_year is None or submission.reporting_period is None:
            return None
        return self.in_force(submission.reports_for, submission.financial_year, submission.reporting_period)

    def overtaken_by(self, submission: Submission) -> AcceptedSubmission | None:
        """Return what is in force for its period and was received later; None if nothing (R42)."""
        now = self.in_force_for(submission)
        return now if now and now.receipt_seq > submission.receipt_seq else None

    def ids_in_force(self) -> list[str]:
        """Return the ids of all submissions in force (R42), in the order of their periods, then by directorate."""
        rows = self._connection.execute(
            "select submission_id from in_force order by financial_year, reporting_period, reports_for"
        )
        return [submission_id for (submission_id,) in rows]

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

    def decision(self, seq: int) -> Event[Decision]:
        """Return the event by which a post decided."""
        return cast(Event[Decision], self.vault.event(seq))

    def adoptions(self) -> list[Event[ReferenceAdopted]]:
        """Return each adoption of a reference folder, in order."""
        return self.events_of(ReferenceAdopted)

    def events_of(self, payload: type[P]) -> list[Event[P]]:
        """Return every event that says such a payload, in order."""
        rows = self._connection.execute("select seq from event where kind = ? order by seq", (kind_of(payload),))
        return [cast(Event[P], self.vault.event(seq)) for (seq,) in rows]

    def last_event(self, *payloads: type[P]) -> Event[P] | None:
        """Return the last event that says one of those payloads; None if there was none."""
        seq = self._index.number(
            "select coalesce(max(seq), 0) from event where kind in (select value from json_each(?))",
            json.dumps([kind_of(payload) for payload in payloads]),
        )
        return cast(Event[P], self.vault.event(seq)) if seq else None

    def last_seq(self) -> int:
        """Return the number of the last event; 0 in a fresh home."""
        return self._index.number("select coalesce(max(seq), 0) from event")

    def event_hashes(self) -> Iterator[tuple[int, str]]:
        """Yield each event's number and the hash that its file had when it was indexed."""
        yield from self._connection.execute("select seq, sha256 from event order by seq")

    def rows_but(self, state: State) -> Iterator[tuple[Any, ...]]:
        """Yield what the index holds of each submission that is not in that state, in order of receipt."""
        yield from self._connection.execute("select * from submission where state <> ? order by receipt_seq", (state,))

    def adoption_hashes(self) -> Iterator[tuple[int, str]]:
        """Yield number and hash of each event that put a reference folder in force."""
        kind = kind_of(ReferenceAdopted)
        yield from self._connection.execute("select seq, sha256 from event where kind = ? order by seq", (kind,))

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

    def expect_not_ahead(self) -> None:
        """Raise if the vault lost events that were indexed, as when an older copy is restored (ruling E2).

        Raises:
            LedgerAhead: If it did.
            VaultDamaged: If the last indexed event is there with other bytes.
        """
        row = self._connection.execute("select seq, sha256 from event order by seq desc limit 1").fetchone()
        if row is None:
            return
        last = self.vault.last()
        if last is None or last.seq < row[0]:
            raise LedgerAhead(self._path, row[0], last.seq if last else 0)
        if self.vault.event_sha256(row[0]) != row[1]:
            raise VaultDamaged([f"Event {row[0]} was altered: it is not the one that the ledger indexed"])

    def _catch_up(self, until: int | None = None) -> None:
        """Index the events that the vault has and the ledger has not, all of them or none."""
        last = self.vault.last()
        if last is None or last.seq == self.last_seq():
            return
        with naming_the_place("Indexing events", self._path), ledger_file.transaction(self._connection):
            for event in self.vault.events(after=self.last_seq()):
                if until is not None and event.seq > until:
                    break
                self._index.add(event)


class Ledger(LedgerView):
    """The ledger to which events are added. Open it with ``Ledger.open``; close it when done."""

    @classmethod
    def open(cls, home: Home) -> Ledger:
        """Open a home's ledger, caught up with its vault.

        Raises:
            VaultDamaged: If the vault's events are not the ones that were indexed.
            CustodyProblem: If the ledger cannot be read or written.
        """
        with naming_the_place("Opening the ledger", home.ledger):
            ledger = cls(home, ledger_file.connect(home.ledger))
        try:
            ledger.expect_not_ahead()
            ledger._catch_up()
        except BaseException:
            ledger.close()
            raise
        return ledger

    def replace_tables(self, tables: Mapping[str, Iterable[tuple[Any, ...]]]) -> None:
        """Put these rows in place of all that the index holds, all of them or none.

        Raises:
            CustodyProblem: If it cannot be written.
        """
        with naming_the_place("Correcting the ledger", self._path), ledger_file.transaction(self._connection):
            for name, rows in tables.items():
                # The names are those of the index itself.
                self._connection.execute(f"delete from {name}")  # noqa: S608
                for row in rows:
                    values = ", ".join("?" * len(row))
                    self._connection.execute(f"insert into {name} values ({values})", row)  # noqa: S608

    def record(self, clock: Clock, payload: P) -> Event[P]:
        """Let something happen: its event goes into the vault, then into the index.

        Only the holder of the home's lock may.

        Raises:
            CustodyProblem: If the event cannot be written; then it has not happened. Or if it was
                and could not be indexed; then the next opening does that.
        """
        event = self.vault.append(clock(), payload)
        self._catch_up()
        return cast(Event[P], event)
