"""The clock of this machine, held to what is known of time before a load believes it.

Here belongs when a clock is not believed. Not here: the order of events, which follows their numbers
(``custody.event_chain``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sources.clock import Clock
from sources.custody.landed_file import Landed
from sources.custody.ledger import Ledger
from sources.custody.payloads import ClockAccepted
from sources.custody.problems import CustodyProblem

FURTHEST_AHEAD = timedelta(days=35)
FURTHEST_BEHIND = timedelta(hours=1)


class ClockProblem(CustodyProblem):
    """The clock shows a time that is hard to believe."""


def check_clock(ledger: Ledger, clock: Clock, landed: Iterable[Landed], *, is_accepted: bool) -> None:
    """Stop a load whose clock is hard to believe, unless somebody says that it is right.

    A home without events has nothing to hold it to. What is accepted becomes an event, from whose
    time on events carry true times again.

    Args:
        ledger: Has the last event.
        clock: What tells the time.
        landed: What lies in landing; its senders' clocks are a second witness.
        is_accepted: Whether somebody says that the clock is right.

    Raises:
        ClockProblem: If it is not believed.
    """
    last = ledger.vault.last()
    if last is None:
        return
    now = clock().astimezone(UTC)
    newest = max((each.last_written for each in landed), default=None)
    if not (problem := _problem(now, last.at, newest)):
        return
    if not is_accepted:
        raise ClockProblem(f"{problem} If this machine's clock is right, load again with --accept-clock.")
    ledger.record(clock, ClockAccepted(last_event_at=last.at))


def _problem(now: datetime, last: datetime, newest: datetime | None) -> str:
    shown = f"This machine's clock shows {_shown(now)}, but the last event of this home is of {_shown(last)}"
    if last - now > FURTHEST_BEHIND:
        return f"{shown}. Nothing was done."
    if now - last > FURTHEST_AHEAD and (newest is None or now - newest > FURTHEST_AHEAD):
        written = f", and the newest file in landing of {_shown(newest)}" if newest else ""
        return f"{shown}{written}. Nothing was done."
    return ""


def _shown(moment: datetime) -> str:
    return f"{moment:%d/%m/%Y %H:%M} UTC"
