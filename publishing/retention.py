"""Which releases stay on disk.

Here belongs the removal of old releases and of what a crash left. Not here: writing one
(``release``).
"""

from __future__ import annotations

import re
from pathlib import Path

from publishing import pointer
from sources import home as layout
from sources.custody.ledger import Ledger
from sources.custody.payloads import Published, RolledBack, SameContent, Tagged
from sources.custody.vault import Vault
from sources.home import Home

# A month of nights that each bring something; a release tagged to a report stays for ever.
KEPT_RELEASES = 30
_RELEASE = re.compile(r"R[0-9]{6,}-.+")


def all_releases(home: Home) -> list[Path]:
    """Return the folders of the finished releases, oldest first: their names begin with their number."""
    return sorted(path for path in home.releases.iterdir() if is_release(path))


def is_release(path: Path) -> bool:
    """Return whether something in the folder of releases is one; what is not stops nothing, and ``verify`` names it."""
    return is_release_id(path.name) and path.is_dir() and not path.is_symlink()


def is_release_id(text: str) -> bool:
    """Return whether a text is the name of a release, there or not."""
    return bool(_RELEASE.fullmatch(text))


def find_release(home: Home, start: str) -> Path:
    """Return a release's folder by its whole id, or by the number that it starts with (``R000003``).

    Raises:
        NoSuchReleaseError: If there is none.
    """
    for release in all_releases(home):
        if start in (release.name, release.name.partition("-")[0]):
            return release
    raise pointer.NoSuchReleaseError(f"There is no release {start} here. See `savings release list`.")


def number_of(release_id: str) -> int:
    """Return a release's number: 7 for ``R000007-...``."""
    return int(release_id.partition("-")[0].removeprefix("R"))


def last_number(ledger: Ledger) -> int:
    """Return the number of the release published last; 0 before the first."""
    event = ledger.last_event(Published)
    return number_of(event.payload.release_id) if event else 0


def sweep(home: Home, ledger: Ledger) -> None:
    """Remove what a killed run left: half-written folders, and finished ones that no event names.

    The event is what publishes a release; a folder with a later number than the last event's never
    was one. What readers have is never touched.
    """
    in_force = pointer.current(home)
    for path in home.releases.glob(".R*"):
        layout.discard(path)
    for release in all_releases(home):
        if number_of(release.name) > last_number(ledger) and release != in_force:
            remove(release)


def prune(home: Home, keep: int = KEPT_RELEASES) -> list[str]:
    """Remove the oldest releases beyond ``keep``, which is at least 1.

    Never the one in force, the one that readers had before it, or one tagged to a report.

    Returns:
        The ids of those removed.
    """
    surplus = all_releases(home)[:-keep]
    # Looking through all events is worth it only when something would go.
    protected = _protected(home) if surplus else set()
    removed = [release for release in surplus if release.name not in protected]
    for release in removed:
        remove(release)
    return [release.name for release in removed]


def _protected(home: Home) -> set[str]:
    in_force = pointer.current(home)
    tagged, given = set(), []
    for event in Vault(home).events():
        match event.payload:
            case Tagged(release_id=release_id):
                tagged.add(release_id)
            case SameContent():
                pass  # nothing was given: readers had it already
            case Published(release_id=release_id) | RolledBack(release_id=release_id):
                given.append(release_id)
    return tagged | set(given[-2:]) | ({in_force.name} if in_force else set())


def remove(release: Path) -> None:
    """Remove a release; by a hidden name first, so that nobody meets half of one (F-D09)."""
    going = release.with_name(f".{release.name}.going")
    release.rename(going)
    layout.discard(going)
