"""A proof that all of a home is what was put there: what custody keeps, the releases, the pointer (ruling E4).

Here belongs holding each release to the event of its publishing, and the pointer to the last event
that moved it. It changes nothing. Not here: what custody keeps (``sources.intake.verification``),
and the glance of each night (``in_force``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from publishing import pointer
from publishing.manifest import damage, not_as_published
from publishing.report.records import altered
from publishing.retention import all_releases, number_of
from publishing.strays import strays
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Published
from sources.custody.problems import VaultDamaged
from sources.home import Home
from sources.intake.verification import verify_custody


@dataclass(frozen=True)
class Verification:
    """What was looked at, and what was found.

    Attributes:
        events: Events whose chain was followed; None if the vault is damaged.
        objects: Received objects that were hashed again; None likewise.
        releases: Releases that were hashed again.
        problems: One sentence each, naming what is missing or is not what it was; empty when all is sound.
        unfinished: One sentence each, naming what a killed run left and the next load goes on with.
    """

    events: int | None
    objects: int | None
    releases: int
    problems: tuple[str, ...]
    unfinished: tuple[str, ...]


def verify(home: Home, *, is_deep: bool = False) -> Verification:
    """Hash everything again and hold it to what was recorded of it.

    Args:
        home: The warehouse.
        is_deep: Read every workbook that has typed lines once more, too.

    Raises:
        CustodyProblem: If vault or ledger cannot be read.
    """
    custody = verify_custody(home, is_deep=is_deep)
    problems, unfinished = custody.altered, custody.unfinished
    releases = all_releases(home)
    try:
        with LedgerView.folded(home) as ledger:
            for release in releases:
                is_begun, said = _release(release, ledger)
                (unfinished if is_begun else problems).extend(said)
            problems += [f"{each} The next load makes the pointer again." for each in pointer.led_astray(home, ledger)]
            problems += altered(home, ledger)
            unfinished += pointer.left_behind(home, ledger)
            unfinished += [
                f"{path} is not ours, and stops nothing. Move it elsewhere." for path in strays(home, ledger)
            ]
    except VaultDamaged:
        problems.append("Releases were not looked at: the events that say what was published are damaged.")
        releases = []
    unfinished += [f"{path} was left half-written or half-removed; the next load removes it." for path in _left(home)]
    return Verification(custody.events, custody.objects, len(releases), tuple(problems), tuple(unfinished))


def _release(release: Path, ledger: LedgerView) -> tuple[bool, list[str]]:
    """Return whether a release was only begun, and what is to be said of it."""
    published = [event.payload.release_id for event in ledger.events_of(Published)]
    next_number = number_of(published[-1]) + 1 if published else 1
    if release.name not in published and release.name.startswith(f"R{next_number:06d}-") and not damage(release):
        return True, [f"Release {release.name} was written but not published; the next load removes it."]
    return False, [f"Release {release.name}: {problem}." for problem in not_as_published(release, ledger)]


def _left(home: Home) -> list[Path]:
    return sorted(home.releases.glob(".R*")) if home.releases.is_dir() else []
