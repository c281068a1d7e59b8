"""The pointer that readers follow: ``current`` -> ``releases/<release_id>``.

Here belongs reading it, moving it by one rename, and mending it after a crash. Not here: writing
a release (``release``). Light: a night with nothing new imports it.

The event is the commit: it is written first, then the pointer moves. So no reader ever sees a
release that no event tells of; a process killed between the two leaves readers with the old
release, and ``settle`` moves the pointer on.
"""

from __future__ import annotations

from pathlib import Path

from sources import home as layout
from sources.custody.ledger import Ledger
from sources.custody.payloads import OfRelease, Published, RolledBack
from sources.home import Home


class NoSuchReleaseError(LookupError):
    """The release that was asked for is not there."""


def current(home: Home) -> Path | None:
    """Return the folder of the release that readers have, or None before the first."""
    try:
        release = home.releases / home.current.readlink().name
    except FileNotFoundError:
        return None
    return release if release.is_dir() else None


def swap(home: Home, release_id: str) -> None:
    """Point readers at a release, by one rename: they see the old one or this one.

    Raises:
        NoSuchReleaseError: If there is no such release.
    """
    if not (home.releases / release_id).is_dir():
        raise NoSuchReleaseError(f"There is no release {release_id}. See `savings release list`.")
    partial = home.current.with_name(".current.tmp")
    layout.discard(partial)
    # Relative, so that the home may be moved or mounted elsewhere.
    partial.symlink_to(Path(home.releases.name) / release_id)
    partial.replace(home.current)
    layout.sync_folder(home.root)


def settle(home: Home, ledger: Ledger) -> Path | None:
    """Move the pointer to where the last event says it is, should a crash have come between.

    Returns:
        The folder of the release that readers now have, or None before the first. A release that
        an event names but that is not on this disk (a home rebuilt from its vault) changes nothing.
    """
    given: tuple[type[OfRelease], ...] = (Published, RolledBack)
    event = ledger.last_event(*given)
    if event is not None:
        release = home.releases / event.payload.release_id
        if release.is_dir() and release != current(home):
            swap(home, release.name)
    return current(home)
