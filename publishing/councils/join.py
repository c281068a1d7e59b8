"""Joining: the councils' releases in force become one release.

Here belongs what is joined and when, and what was not. Not here: what a council brings (``councils.standing``), the
tables (``councils.tables``), the pages (``councils.pages``), and how readers get a release (``councils.releases``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dbt_project.published import CONTRACT
from publishing import pointer
from publishing.councils import releases
from publishing.councils.pages import write_council_pages
from publishing.councils.standing import Council, Standing, newest_of, standings_of
from publishing.councils.tables import write_joined
from publishing.in_force import MANIFEST
from publishing.manifest import read_manifest
from sources.clock import Clock
from sources.home import Home


@dataclass(frozen=True)
class Joined:
    """What readers have after joining.

    Attributes:
        release: The folder of the joined release; None while no council has brought anything.
        is_new: Whether it was made now.
        standings: What became of each council.
    """

    release: Path | None
    is_new: bool
    standings: Sequence[Standing]


def join(joined: Home, councils: Sequence[Council], *, code_sha256: str, clock: Clock) -> Joined:
    """Make one release of the councils' releases in force; the same ones as before make no new one.

    Args:
        joined: Where joined releases go; of its folders only those of releases are made.
        councils: The councils.
        code_sha256: Of the code of now: other code may write other files.
        clock: What tells when.

    Raises:
        publishing.councils.releases.SharedCodeError: If two are of one council; nothing is written then.
        publishing.release.ReleaseDiffersError: If what was written is not what was published.
    """
    releases.refuse_shared_codes(councils)
    in_force = releases.prepare(joined)
    standings = standings_of(councils)
    newest = newest_of(standings)
    if newest is None:
        return Joined(in_force, False, standings)
    said = {"contract": CONTRACT, "made_by": code_sha256, "councils": [_as_json(each) for each in standings]}
    if in_force and releases.holds(in_force, said):
        return Joined(in_force, False, standings)

    def write(folder: Path, release_id: str) -> None:
        write_joined(folder, release_id, standings, newest)
        write_council_pages(folder, release_id, standings, newest)

    return Joined(releases.publish(joined, "joined", said, write, clock), True, standings)


def not_joined(joined: Home, councils: Sequence[Council], before: datetime) -> list[str]:
    """Return of which councils the joined release lacks a release that is long out; none while nobody joins.

    Args:
        joined: Where joined releases go.
        councils: The councils.
        before: What was published since then may wait for the next join.
    """
    in_force = pointer.current(joined)
    if in_force is None:
        return []
    rows = json.loads((in_force / MANIFEST).read_bytes())["councils"]
    held = {row["folder"]: row["release_id"] for row in rows}
    return [each.folder for each in councils if _is_missed(each, held.get(each.folder), before)]


def _is_missed(council: Council, held: str | None, before: datetime) -> bool:
    release = pointer.current(council.home) if council.home else None
    return bool(release and release.name != held and read_manifest(release).created_at < before)


def _as_json(standing: Standing) -> dict[str, Any]:
    row = {name: str(value) if value is not None else None for name, value in standing.row.items()}
    return row | {"manifest_sha256": standing.brought.manifest.sha256 if standing.brought else None}
