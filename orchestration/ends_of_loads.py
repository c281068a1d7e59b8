"""How loads ended: the last good end, which is an event, and the failure since, which is a note beside the stores.

Here belongs what `savings status`, the alerts and the watchdog go by. Not here: what they say of it
(``printouts.status_text``, ``alerts.occasions``). The note may be lost: then nothing is known but the last good end.
Light: `savings status` imports it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.exit_codes import Exit
from sources.custody.event_chain import event_numbers
from sources.custody.events import Event
from sources.custody.ledger import LedgerView
from sources.custody.payloads import NightChecked, Payload, Published, SameContent
from sources.home import Home, write_durably

_GOOD_ENDS: tuple[type[Payload], ...] = (Published, SameContent, NightChecked)


@dataclass(frozen=True)
class FailedLoad:
    """A load that did not come to a good end.

    Attributes:
        at: When it failed, UTC; of one that has not ended, when it began.
        exit_code: What it ended with; None of one that is at work, or was killed.
        problems: Why nothing was published, in sentences.
    """

    at: datetime
    exit_code: int | None
    problems: tuple[str, ...]


def last_good_end(ledger: LedgerView) -> Event[Payload] | None:
    """Return the event with which a load last came to a good end; None before the first."""
    return ledger.last_event(*_GOOD_ENDS)


def note_begun(home: Home, at: datetime) -> None:
    """Note that a load has begun: a good end makes the note worthless, and a kill leaves it."""
    _note(home, at, None, (), _last_seq(home))


def note_failed(home: Home, at: datetime, problems: Sequence[str], after_event: int | None = None) -> None:
    """Note why a load published nothing, unless what is noted is of a later load.

    Args:
        home: The warehouse.
        at: When it ended.
        problems: Why, in sentences.
        after_event: The last event before it, where that is not the last of now.
    """
    noted = _noted(home)
    if after_event is not None and noted is not None and noted["after_event"] > after_event:
        return
    _note(home, at, Exit.NOT_PUBLISHED, problems, _last_seq(home) if after_event is None else after_event)


def failed_load(home: Home, good_end: Event[Payload] | None) -> FailedLoad | None:
    """Return the load that failed, or has not ended, since the last good end; None if there is none.

    Told by the number of an event, for a clock that went back may be why it failed.
    """
    noted = _noted(home)
    if noted is None or (good_end is not None and good_end.seq > noted["after_event"]):
        return None
    return FailedLoad(noted["at"], noted["exit_code"], tuple(noted["problems"]))


def _noted(home: Home) -> dict[str, Any] | None:
    """Return what is noted; None where nothing is, or nothing that can be read."""
    try:
        noted = json.loads(home.failed_load.read_bytes())
        return {**noted, "at": datetime.fromisoformat(noted["at"]), "after_event": int(noted["after_event"])}
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _last_seq(home: Home) -> int:
    with contextlib.suppress(OSError):
        return max(event_numbers(home.events), default=0)
    return 0


def _note(home: Home, at: datetime, exit_code: int | None, problems: Sequence[str], after_event: int) -> None:
    """Write the note; what cannot be written, or has no home, is no reason for a load to end otherwise."""
    said = [each.encode(errors="backslashreplace").decode() for each in problems]
    noted = {"at": at.isoformat(), "exit_code": exit_code, "problems": said, "after_event": after_event}
    with contextlib.suppress(OSError):
        if home.build.is_dir():
            write_durably(home.failed_load, json.dumps(noted, indent=2).encode())
