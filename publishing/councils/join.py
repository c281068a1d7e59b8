"""Joining: the councils' releases in force become one release, and readers get it by one rename.

Here belongs the order of the steps, which is what makes a kill at any of them harmless: each council's release is
verified, all is written under a hidden name, held to what the councils published, made durable, named; then
``current`` moves. Not here: what a council brings (``councils.standing``), the tables (``councils.tables``) and the
pages (``councils.pages``).

There is no ledger here: ``current`` is what readers have, and a finished release that it does not name is removed by
the next join.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from dbt_project.published import CONTRACT
from publishing import pointer, retention
from publishing.councils.pages import write_council_pages
from publishing.councils.standing import Council, Standing, newest_of, standings_of
from publishing.councils.tables import write_joined
from publishing.in_force import MANIFEST
from publishing.manifest import hash_files
from sources import home as layout
from sources.clock import Clock
from sources.home import PASSED_THROUGH, PRIVATE, Home

# The councils keep their own history: of joined releases those stay that somebody may still be reading.
KEPT_JOINED = 3


class SharedCodeError(Exception):
    """Two folders are of one council: whose rows are whose could not be said."""


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
        SharedCodeError: If two are of one council; nothing is written then.
        publishing.release.ReleaseDiffersError: If what was written is not what was published.
    """
    _refuse_shared_codes(councils)
    _prepare(joined)
    in_force = pointer.current(joined)
    _sweep(joined, in_force)
    standings = standings_of(councils)
    newest = newest_of(standings)
    if newest is None:
        return Joined(in_force, False, standings)
    said = {"contract": CONTRACT, "made_by": code_sha256, "councils": [_as_json(each) for each in standings]}
    if in_force and _holds(in_force, said):
        return Joined(in_force, False, standings)
    created_at = clock().astimezone(UTC)
    number = retention.number_of(in_force.name) + 1 if in_force else 1
    release_id = f"R{number:06d}-{created_at:%Y%m%dT%H%M%SZ}-joined"
    partial, final = joined.releases / f".{release_id}.partial", joined.releases / release_id
    try:
        partial.mkdir()
        write_joined(partial, release_id, standings, newest)
        write_council_pages(partial, release_id, standings, newest)
        _seal(partial, {"release_id": release_id, "created_at": created_at.isoformat(), **said})
        layout.publish_folder(partial, final)
    except BaseException:
        layout.discard(partial)
        raise
    pointer.swap(joined, release_id)
    for surplus in retention.all_releases(joined)[:-KEPT_JOINED]:
        retention.remove(surplus)
    return Joined(final, True, standings)


def _refuse_shared_codes(councils: Sequence[Council]) -> None:
    sharing: dict[str, list[Council]] = {}
    for each in councils:
        # Whatever its case: in PostgreSQL a council's role has its code in small letters, and sees all rows of it.
        sharing.setdefault(each.code.lower(), []).append(each)
    named = [
        f"{several[0].code}: {', '.join(each.folder for each in several)}"
        for code, several in sorted(sharing.items())
        if code and len(several) > 1
    ]
    if named:
        raise SharedCodeError(
            f"Several folders have one council's code ({'; '.join(named)}). Nothing was joined. Correct council_code "
            "in the setting.csv of the wrong one, or move its folder elsewhere."
        )


def _prepare(joined: Home) -> None:
    joined.root.mkdir(exist_ok=True)
    layout.set_mode(joined.root, PASSED_THROUGH)
    joined.releases.mkdir(mode=PRIVATE, exist_ok=True)
    layout.open_to(joined.releases, joined.readers_group)


def _sweep(joined: Home, in_force: Path | None) -> None:
    """Remove what a killed join left: half-written folders, and a finished one that readers never got."""
    for left in joined.releases.glob(".R*"):
        layout.discard(left)
    for release in retention.all_releases(joined):
        if in_force is None or release.name > in_force.name:
            retention.remove(release)


def _as_json(standing: Standing) -> dict[str, Any]:
    row = {name: str(value) if value is not None else None for name, value in standing.row.items()}
    return row | {"manifest_sha256": standing.brought.manifest.sha256 if standing.brought else None}


def _holds(release: Path, said: dict[str, Any]) -> bool:
    """Return whether a joined release is what would be written now, and as it was written."""
    try:
        manifest = json.loads((release / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return False
    return bool({**manifest, **said, "files": hash_files(release)} == manifest)


def _seal(folder: Path, said: dict[str, Any]) -> None:
    document = {**said, "files": hash_files(folder)}
    (folder / MANIFEST).write_text(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")
    layout.seal(folder)
