"""The chain of events: one file each in the vault, written once, each naming the hash of the one before.

Here belongs how an event is added and read back, and that none is missing or altered. Not here:
what an event means (``custody.submission``), and asking for events by anything but their order
(``custody.ledger``).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sources import home as layout
from sources.custody.events import Event, kind_of
from sources.custody.payloads import ClockAccepted, Payload
from sources.custody.problems import VaultDamaged, naming_the_place

_TICK = timedelta(microseconds=1)
_EVENT_FILE = re.compile(r"([0-9]{12})\.json")


def event_numbers(folder: Path) -> list[int]:
    """Return the numbers of the events that a folder holds, in order; what is no event's file counts for nothing."""
    names = (_EVENT_FILE.fullmatch(name) for name in os.listdir(folder))  # noqa: PTH208 - names are all that is needed
    return sorted(int(name[1]) for name in names if name)


def is_event_file(name: str) -> bool:
    """Return whether a file in the folder of events has the name of one."""
    return bool(_EVENT_FILE.fullmatch(name))


class EventChain:
    """The events of one home. Any number of readers; one writer, which holds the home's lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last: Event[Payload] | None = None

    def append(self, at: datetime, payload: Payload) -> Event[Payload]:
        """Add an event: from its file's link on, it has happened.

        Its time is ``at``, or just after the event before it if the clock went back (R55), unless
        it says that the clock is right.

        Raises:
            CustodyProblem: If it cannot be written; then it has not happened.
        """
        with naming_the_place(f"Recording a {kind_of(type(payload)).value} event", self._folder):
            before = self.last()
            moment = at.astimezone(UTC)
            event = Event(
                seq=before.seq + 1 if before else 1,
                at=max(moment, before.at + _TICK) if before and not isinstance(payload, ClockAccepted) else moment,
                payload=payload,
                previous_sha256=before.sha256 if before else "",
            )
            data = event.as_bytes()
            _write_once(self._path(event.seq), data)
        # What the caller gets is what the file says, not what may still be changed under it.
        self._last = Event.from_bytes(data)
        return self._last

    def last(self) -> Event[Payload] | None:
        """Return the event that happened last; None in a fresh home.

        Raises:
            VaultDamaged: If an event is missing, or the last one is not readable.
        """
        if self._last is None:
            seqs = event_numbers(self._folder)
            if not seqs:
                return None
            # A folder that is written to while it is listed may show an event and not the one before.
            lost = [seq for seq in sorted({*range(1, seqs[-1])} - {*seqs}) if not self._path(seq).exists()]
            if lost:
                raise VaultDamaged([f"Event {lost[0]} is missing ({self._path(lost[0])})"])
            self._last = self.event(seqs[-1])
        # Another process may have added some since we looked.
        while self._path(self._last.seq + 1).exists():
            self._last = self.event(self._last.seq + 1)
        return self._last

    def events(self, after: int = 0) -> Iterator[Event[Payload]]:
        """Yield the events after number ``after`` in order, each checked against the one before it.

        Raises:
            VaultDamaged: At the first one that is missing, is not readable or breaks the chain.
        """
        last = self.last()
        previous = self.event_sha256(after) if after and last else ""
        for seq in range(after + 1, last.seq + 1 if last else 0):
            event = self.event(seq)
            if event.previous_sha256 != previous:
                raise VaultDamaged([f"Event {seq - 1} was altered: it is not the one that event {seq} followed"])
            previous = event.sha256
            yield event

    def event(self, seq: int) -> Event[Payload]:
        """Return one event.

        Raises:
            VaultDamaged: If it is missing or not readable.
        """
        try:
            event = Event.from_bytes(self._bytes_of(seq))
        except ValueError as error:
            raise VaultDamaged([f"Event {seq} is not readable: {error} ({self._path(seq)})"]) from error
        if event.seq != seq:
            raise VaultDamaged([f"Event {seq} calls itself {event.seq} ({self._path(seq)})"])
        return event

    def event_sha256(self, seq: int) -> str:
        """Return the hash of an event's file, which the event after it records; what the file says is not read.

        Raises:
            VaultDamaged: If it is missing.
        """
        return hashlib.sha256(self._bytes_of(seq)).hexdigest()

    def _bytes_of(self, seq: int) -> bytes:
        try:
            return self._path(seq).read_bytes()
        except FileNotFoundError:
            raise VaultDamaged([f"Event {seq} is missing ({self._path(seq)})"]) from None
        except PermissionError:
            raise  # the vault is whole, and this account is the wrong one
        except OSError as error:
            raise VaultDamaged([f"Event {seq} cannot be read: {error.strerror} ({self._path(seq)})"]) from error

    def _path(self, seq: int) -> Path:
        return self._folder / f"{seq:012d}.json"


def _write_once(final: Path, data: bytes) -> None:
    """Write a file that must not exist yet: a link, unlike a rename, never replaces one."""
    partial = layout.partial_of(final)
    try:
        with partial.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(partial, final)
    finally:
        layout.discard(partial)
    layout.sync_folder(final.parent)
