"""Going back: readers get an earlier release again, whole or not at all (F-E20).

Here belongs the one check that it needs. Not here: moving the pointer (``pointer``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from publishing import pointer
from publishing.manifest import not_as_published
from sources.clock import Clock
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import RolledBack
from sources.home import Home


class DamagedReleaseError(Exception):
    """A release is not what was published."""


def whole_release(home: Home, ledger: LedgerView, release_id: str) -> Path:
    """Return the folder of a release, held to its manifest, and that to the event of its publishing.

    Raises:
        publishing.pointer.NoSuchReleaseError: If there is no such release.
        DamagedReleaseError: If it is not what was published.
    """
    release = home.releases / release_id
    if not release.is_dir():
        raise pointer.NoSuchReleaseError(f"There is no release {release_id}. See `savings release list`.")
    if problems := not_as_published(release, ledger):
        raise DamagedReleaseError(f"{release_id} is not what was published: {'; '.join(problems)}.")
    return release


def roll_back(home: Home, ledger: Ledger, clock: Clock, release_id: str, signed: Mapping[str, str]) -> None:
    """Give readers an earlier release again, or a later one after that; recorded as an event.

    It stays until something is new: then the next load publishes again. ``signed`` says which post decided it.

    Raises:
        publishing.pointer.NoSuchReleaseError: If there is no such release.
        DamagedReleaseError: If it is not what was published.
    """
    whole_release(home, ledger, release_id)
    before = pointer.current(home)
    ledger.record(clock, RolledBack(release_id=release_id, from_release_id=before.name if before else None, **signed))
    pointer.swap(home, release_id)
