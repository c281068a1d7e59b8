"""The ledger: an index of the vault's events, in SQLite, so that they can be asked about at once.

Here belong opening it, catching up with the vault, and recording what happens. It holds nothing that
the vault does not: it catches up on opening, and is made again when it is lost or damaged; one that is
ahead knows what the vault has lost, and is kept. Readers work while a load writes. Not here: the
questions (``submissions_asked``, ``events_asked``), how events become rows (``index``), what the
index is held to (``index_check``), and figures of returns (``lines``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, Self, TypeVar, cast

from sources.clock import Clock
from sources.custody import ledger_file
from sources.custody.events import Event
from sources.custody.events_asked import EventsAsked
from sources.custody.index import Index
from sources.custody.payloads import Payload
from sources.custody.problems import LedgerAhead, VaultDamaged, naming_the_place
from sources.custody.submissions_asked import SubmissionsAsked
from sources.custody.vault import Vault
from sources.home import Home

P = TypeVar("P", bound=Payload)


class LedgerView(SubmissionsAsked, EventsAsked):
    """What was received and decided, to be asked alone: ``LedgerView.of`` gives it as at this moment."""

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

    def as_bytes(self) -> bytes:
        """Return all of it as a file."""
        return self._connection.serialize()

    @classmethod
    def from_bytes(cls, home: Home, data: bytes) -> LedgerView:
        """Return the view that ``as_bytes`` wrote, in memory."""
        return cls(home, ledger_file.loaded(data))

    def follows_its_events(self) -> bool:
        """Catch up if all events that were indexed still have the bytes that they had; return whether they have.

        Raises:
            VaultDamaged: If one that is new is altered.
        """
        try:
            is_same = all(self.vault.event_sha256(seq) == sha256 for seq, sha256 in self.event_hashes())
        except VaultDamaged:
            return False
        if is_same:
            self._catch_up()
        return is_same

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
