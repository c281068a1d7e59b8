"""Where the time comes from: a parameter everywhere, the system's clock only at the edge.

Here belongs the kind of thing a clock is. Not here: the ordering of events (``custody.vault``), which
follows the sequence and not the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

# Days begin and end in London, and people read its time; everything inside is UTC.
LONDON = ZoneInfo("Europe/London")


def system_clock() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def fixed_clock(moment: datetime) -> Clock:
    """Return a clock that always shows ``moment`` (declared receipt times, R55).

    Raises:
        ValueError: If ``moment`` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; write it with one, e.g. 2021-10-12T09:00:00Z")
    return lambda: moment.astimezone(UTC)
