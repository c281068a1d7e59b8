"""The outbox: what waits to be sent, and what was sent; one small file per alert.

Here belongs that an alert is on the disk before anybody tries to send it, and that none is put in twice.
Not here: what is worth an alert (``occasions``), and the ways out (``delivery``).

An alert moves from ``waiting`` to ``sent`` by one rename, so it is in one of them at any moment. While it
waits, its file says which receivers have it already.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from orchestration.alerts.alert import Alert
from sources import home as layout

OUTBOX_LOCK = "lock"


@dataclass(frozen=True)
class Waiting:
    """An alert that not all of its receivers have.

    Attributes:
        alert: What is to be sent.
        raised_at: When it was put into the outbox, UTC, in ISO.
        received: Which receivers have it, and since when.
    """

    alert: Alert
    raised_at: str
    received: Mapping[str, str] = field(default_factory=dict)


class Outbox:
    """The alerts of one home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._waiting, self._sent = folder / "waiting", folder / "sent"

    def put(self, alert: Alert, now: datetime) -> bool:
        """Put an alert in, unless it was before; return whether it is new.

        In this order the question has one answer: an alert that is not waiting any more was sent.
        """
        alert = alert.plain()
        name = f"{alert.name}.json"
        if (self._waiting / name).exists() or (self._sent / name).exists():
            return False
        self._write(Waiting(alert, now.isoformat(timespec="seconds")))
        return True

    def waiting(self) -> Iterator[Waiting]:
        """Yield what waits and can be read, the oldest first."""
        found = [waiting for path in self._waiting.glob("*.json") if (waiting := _read(path))]
        yield from sorted(found, key=lambda each: (each.raised_at, each.alert.key))

    def unreadable(self) -> list[Path]:
        """Return the files that wait and are no alerts: they keep nothing else back."""
        return sorted(path for path in self._waiting.glob("*.json") if _read(path) is None)

    def note(self, waiting: Waiting, receiver: str, now: datetime) -> Waiting:
        """Note that a receiver has the alert."""
        received = {**waiting.received, receiver: now.isoformat(timespec="seconds")}
        noted = Waiting(waiting.alert, waiting.raised_at, received)
        self._write(noted)
        return noted

    def close(self, waiting: Waiting) -> None:
        """Count an alert as sent: all of its receivers have it."""
        self._sent.mkdir(parents=True, exist_ok=True)
        name = f"{waiting.alert.name}.json"
        (self._waiting / name).rename(self._sent / name)

    def _write(self, waiting: Waiting) -> None:
        self._waiting.mkdir(parents=True, exist_ok=True)
        document = {"raised_at": waiting.raised_at, "received": waiting.received, "alert": waiting.alert.as_json()}
        text = json.dumps(document, indent=2, ensure_ascii=False)
        layout.write_durably(self._waiting / f"{waiting.alert.name}.json", text.encode())


def _read(path: Path) -> Waiting | None:
    try:
        document = json.loads(path.read_bytes())
        return Waiting(Alert.from_json(document["alert"]), document["raised_at"], document["received"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
