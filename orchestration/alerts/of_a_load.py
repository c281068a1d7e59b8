"""What a load tells: how it ended, and all else that there is to tell at its end.

Here belongs the moment of telling. Not here: what is told (``occasions``). Light where alerts go nowhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from orchestration.lock import LockBusyError
from orchestration.settings import Settings
from sources.clock import Clock
from sources.custody.history_list import HistoryProblem


def tell_of(settings: Settings, clock: Clock, problems: Sequence[str] = ()) -> list[str]:
    """Tell what there is to tell at the end of a load; return why something could not be told.

    Args:
        settings: The home, and where alerts go.
        clock: What tells the time.
        problems: Why nothing was published; empty when all went well. The same are told once a day.
    """
    if not settings.channels.everybody:
        return []
    from orchestration.alerts.occasions import not_published
    from orchestration.alerts.telling import tell

    return tell(settings, clock, [not_published(clock(), problems)] if problems else [])


@contextlib.contextmanager
def telling_why_it_stopped(settings: Settings, clock: Clock) -> Iterator[None]:
    """Tell why a load stopped before its run, also by what nobody foresaw; it stops as it would have.

    Another load at work, and a history list that a person got wrong, are nothing to tell.
    """
    try:
        yield
    except (LockBusyError, HistoryProblem):
        raise
    except Exception as problem:
        tell_of(settings, clock, [f"{problem}" or type(problem).__name__])
        raise
