"""What can be asked about events: which there were of a kind, and which was the last.

Here belong the questions that need an event's own file; the index says which. Not here: what the
events add up to (``submissions_asked``), and recording one (``ledger``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import TypeVar, cast

from sources.custody.events import Event, kind_of
from sources.custody.index import Index
from sources.custody.payloads import Decision, Payload, ReferenceAdopted
from sources.custody.vault import Vault

P = TypeVar("P", bound=Payload)


class EventsAsked:
    """The questions about events.

    Attributes:
        vault: The vault whose events are indexed.
    """

    vault: Vault
    _connection: sqlite3.Connection
    _index: Index

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

    def adoption_hashes(self) -> Iterator[tuple[int, str]]:
        """Yield number and hash of each event that put a reference folder in force."""
        kind = kind_of(ReferenceAdopted)
        yield from self._connection.execute("select seq, sha256 from event where kind = ? order by seq", (kind,))
