"""What a load does last: the copy for BI follows the release, and all that there is to tell is told.

Here belongs the moment of both. Not here: what is told (``occasions``), and the copy (``orchestration.bi_copy``).
Light where there is no copy and alerts go nowhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from orchestration.bi_copy import follow
from orchestration.ends_of_loads import note_failed
from orchestration.lock import LockBusyError
from orchestration.settings import Settings
from sources.clock import Clock
from sources.custody.history_list import HistoryProblem


def tell_of(settings: Settings, clock: Clock, problems: Sequence[str] = (), attention: Sequence[str] = ()) -> list[str]:
    """Let the copy for BI follow, and tell what there is to tell; return why either could not be done.

    Args:
        settings: The home, and where alerts go.
        clock: What tells the time.
        problems: Why nothing was published; empty when all went well. The same are told once a day.
        attention: What somebody has to see to, although it stopped nothing; likewise.
    """
    behind = follow(settings)
    if not settings.channels.everybody:
        return behind
    from orchestration.alerts.occasions import copy_behind, not_published, to_be_seen_to
    from orchestration.alerts.telling import tell

    also = [not_published(clock(), problems)] if problems else []
    also += [to_be_seen_to(clock(), attention)] if attention else []
    also += [copy_behind(clock(), behind)] if behind else []
    return [*behind, *tell(settings, clock, also)]


def leave_to_be_told(settings: Settings, clock: Clock, attention: Sequence[str]) -> None:
    """Leave what somebody has to see to for the end of a run, which sends it."""
    if attention and settings.channels.everybody:
        from orchestration.alerts.occasions import to_be_seen_to
        from orchestration.alerts.telling import leave

        with contextlib.suppress(OSError):  # the run's end meets the same outbox, and says so
            leave(settings, clock, [to_be_seen_to(clock(), attention)])


@contextlib.contextmanager
def telling_why_it_stopped(settings: Settings, clock: Clock) -> Iterator[None]:
    """Note and tell why a load stopped before its run, also by what nobody foresaw; it stops as it would have.

    Another load at work, and a history list that a person got wrong, are nothing to tell.
    """
    try:
        yield
    except (LockBusyError, HistoryProblem):
        raise
    except Exception as problem:
        why = [f"{problem}" or type(problem).__name__]
        note_failed(settings.home, clock(), why)
        tell_of(settings, clock, why)
        raise
