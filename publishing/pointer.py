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
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import OfRelease, Published, RolledBack
from sources.custody.problems import CustodyProblem
from sources.home import Home

_MOVES: tuple[type[OfRelease], ...] = (Published, RolledBack)
_NOT_A_LINK = "{} is not the link to the release in force: move it elsewhere."


class NoSuchReleaseError(LookupError):
    """The release that was asked for is not there."""


class NoPointerError(CustodyProblem):
    """Something else lies where the pointer belongs."""


def current(home: Home) -> Path | None:
    """Return the folder of the release that readers have, or None before the first.

    Raises:
        NoPointerError: If what lies there is not a link.
    """
    try:
        release = home.releases / home.current.readlink().name
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NoPointerError(_NOT_A_LINK.format(home.current)) from error
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
    event = ledger.last_event(*_MOVES)
    if event is not None:
        release = home.releases / event.payload.release_id
        if release.is_dir() and release != current(home):
            swap(home, release.name)
    return current(home)


def led_astray(home: Home, ledger: LedgerView) -> list[str]:
    """Return how the pointer leads as no crash leaves it; usually nothing."""
    if not home.current.is_symlink():
        return [_NOT_A_LINK.format(home.current)] if home.current.exists() else []
    if not home.current.exists():
        return [f"The pointer {home.current} leads to no release."]
    if home.current.resolve() in _expected(home, ledger):
        return []
    return [f"The pointer {home.current} leads to {home.current.readlink()}, which is not what was published last."]


def left_behind(home: Home, ledger: LedgerView) -> list[str]:
    """Return what of moving the pointer a crash has left to the next load."""
    expected = _expected(home, ledger)
    if not expected or led_astray(home, ledger):
        return []
    if not home.current.is_symlink():
        return [f"There is no pointer to {expected[0].name} yet; the next load makes it."]
    behind = home.current.resolve() != expected[0]
    return [f"The pointer was not moved on to {expected[0].name} yet; the next load does."] if behind else []


def _expected(home: Home, ledger: LedgerView) -> list[Path]:
    """Return where the last event moved the pointer to, and where it led before that, as far as they are there."""
    moves = sorted((event.seq, event.payload.release_id) for kind in _MOVES for event in ledger.events_of(kind))
    there = [home.releases / release_id for _, release_id in moves if (home.releases / release_id).is_dir()]
    return [release.resolve() for release in reversed(there[-2:])]
