"""Telling: look for what somebody has to know, put it into the outbox, send what waits.

Here belongs what a load, a tick and the watchdog have in common. It stops nobody's work: what cannot be told
is a sentence among those that a load prints. Not here: what is told (``occasions``) and where (``channels``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from orchestration.alerts import occasions
from orchestration.alerts.alert import Alert
from orchestration.alerts.delivery import deliver
from orchestration.alerts.outbox import Outbox
from orchestration.links import Links
from orchestration.settings import Settings
from publishing.manifest import ManifestUnreadableError, read_manifest
from publishing.pointer import NoPointerError, current
from sources.clock import Clock
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Published
from sources.custody.problems import CustodyProblem, VaultDamaged
from sources.intake.adoption import judging_reference
from sources.reference.reference import ReferenceProblem
from sources.reference.whose import COUNCIL_NAME, said_of_council

# What a home may be in a state of when somebody most needs to be told.
_STATES = (OSError, CustodyProblem, VaultDamaged, ManifestUnreadableError, NoPointerError)


def tell(settings: Settings, clock: Clock, also: Iterable[Alert] = ()) -> list[str]:
    """Tell all that is to be told now, and whatever waits from before.

    Args:
        settings: The home, and where alerts go; nothing is done where they go nowhere.
        clock: What tells the time.
        also: What the caller alone knows of.

    Returns:
        Why something could not be told, in sentences.
    """
    if not settings.channels.everybody:
        return []
    try:
        outbox = leave(settings, clock, chain(also, _found(settings, clock)))
        return deliver(outbox, settings.channels, clock)
    except OSError as problem:
        return [f"The outbox {settings.home.outbox} cannot be used: {problem}"]


def leave(settings: Settings, clock: Clock, alerts: Iterable[Alert]) -> Outbox:
    """Put alerts into the outbox; whoever tells next sends them.

    Raises:
        OSError: If it cannot be written.
    """
    outbox = Outbox(settings.home.outbox)
    council = said_of_council(settings.reference, COUNCIL_NAME)
    for alert in alerts:
        outbox.put(replace(alert, council=council), clock())
    return outbox


def _found(settings: Settings, clock: Clock) -> Iterator[Alert]:
    """Yield what the home has to tell, and last, where it cannot be looked into, just that."""
    try:
        yield from _looked_up(settings, clock)
    except _STATES as problem:
        yield occasions.unreadable(clock(), problem)


def _looked_up(settings: Settings, clock: Clock) -> Iterator[Alert]:
    home, now = settings.home, clock()
    yield from occasions.little_room(home, now)
    with contextlib.closing(LedgerView.of(home)) as ledger:
        yield from occasions.returns_not_taken(Links(home, settings.public_url), ledger, now)
        yield from occasions.decisions_refused(ledger, now)
        with contextlib.suppress(ReferenceProblem, LookupError):
            yield from occasions.returns_due(ledger, judging_reference(ledger), now)
        yield from occasions.night_missed(ledger, now)
        yield from _about_release(settings, ledger)


def _about_release(settings: Settings, ledger: LedgerView) -> Iterator[Alert]:
    """Yield what the release in force warns of first; where the one before is gone, that cannot be known."""
    release = current(settings.home)
    if release is None:
        return
    earlier = [event.payload.release_id for event in ledger.events_of(Published)]
    before = earlier[earlier.index(release.name) - 1] if release.name in earlier[1:] else None
    folder = settings.home.releases / before if before else None
    if folder is None or folder.is_dir():
        yield from occasions.warned_first(read_manifest(release.resolve()), read_manifest(folder) if folder else None)
