"""The list of releases: which there were, which are still here, which one readers have, which a report froze.

Here belongs what the events and the manifests say together. Not here: making or moving releases.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from publishing.pointer import current
from publishing.tags import confirmed, pending
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Published
from sources.home import Home


@dataclass(frozen=True)
class ReleaseEntry:
    """One release that was published.

    Attributes:
        release_id: Its name.
        published_at: When, UTC.
        content_sha256: Of its content.
        version: Its version; empty for a release from before there were any.
        reports: The reports that have published it.
        waits_for: The reports that it is tagged to, until another post confirms it.
        is_current: Whether readers have it now.
        is_here: Whether it is still on this disk; the oldest go, tagged ones never.
    """

    release_id: str
    published_at: datetime
    content_sha256: str
    version: str
    reports: tuple[str, ...]
    waits_for: tuple[str, ...]
    is_current: bool
    is_here: bool


def catalogue(home: Home, ledger: LedgerView) -> list[ReleaseEntry]:
    """Return every release that was ever published, oldest first."""
    in_force = current(home)
    reports, waiting = confirmed(ledger), pending(ledger)
    return [
        ReleaseEntry(
            release_id=release_id,
            published_at=event.at,
            content_sha256=event.payload.content_sha256,
            version=event.payload.version,
            waits_for=tuple(sorted(report for report, tag in waiting.items() if tag.release_id == release_id)),
            reports=tuple(sorted(report for report, frozen in reports.items() if frozen == release_id)),
            is_current=in_force is not None and in_force.name == release_id,
            is_here=(home.releases / release_id).is_dir(),
        )
        for event in ledger.events_of(Published)
        for release_id in [event.payload.release_id]
    ]
