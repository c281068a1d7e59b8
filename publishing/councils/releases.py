"""Releases of many councils: each is written under a hidden name, made durable and named; then ``current`` moves.

Here belongs that order, which is what makes a kill at any step harmless, and what such a release says of itself. Not
here: what is in it (``councils.join``, ``councils.build``).

There is no ledger here: ``current`` is what readers have, and a finished release that it does not name is removed
before the next is made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from publishing import pointer, retention
from publishing.councils.standing import Council
from publishing.in_force import MANIFEST
from publishing.manifest import hash_files
from sources import home as layout
from sources.clock import Clock
from sources.home import PASSED_THROUGH, PRIVATE, Home

# The councils keep their own history: of these releases those stay that somebody may still be reading.
KEPT = 3
# Writes the files of a release of that name into its folder.
Write = Callable[[Path, str], None]


class SharedCodeError(Exception):
    """Two folders are of one council: whose rows are whose could not be said."""


def refuse_shared_codes(councils: Sequence[Council]) -> None:
    """Make sure that no two folders are of one council.

    Raises:
        SharedCodeError: If two are.
    """
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
            f"Several folders have one council's code ({'; '.join(named)}). Nothing was written. Correct council_code "
            "in the setting.csv of the wrong one, or move its folder elsewhere."
        )


def prepare(home: Home) -> Path | None:
    """Make the folders, remove what a kill has left, and return the release in force."""
    home.root.mkdir(exist_ok=True)
    layout.set_mode(home.root, PASSED_THROUGH)
    home.releases.mkdir(mode=PRIVATE, exist_ok=True)
    layout.open_to(home.releases, home.readers_group)
    in_force = pointer.current(home)
    for left in home.releases.glob(".R*"):
        layout.discard(left)
    for release in retention.all_releases(home):
        if in_force is None or release.name > in_force.name:
            retention.remove(release)
    return in_force


def holds(release: Path, said: Mapping[str, Any]) -> bool:
    """Return whether a release says of itself what would be said now, and is as it was written."""
    try:
        manifest = json.loads((release / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return False
    return bool({**manifest, **said, "files": hash_files(release)} == manifest)


def publish(home: Home, what: str, said: Mapping[str, Any], write: Write, clock: Clock) -> Path:
    """Write a release and let readers have it.

    Args:
        home: Where it goes, prepared.
        what: What its name ends with.
        said: What its manifest says of it.
        write: Writes its files.
        clock: What tells when.

    Returns:
        Its folder.
    """
    in_force, created_at = pointer.current(home), clock().astimezone(UTC)
    number = retention.number_of(in_force.name) + 1 if in_force else 1
    release_id = f"R{number:06d}-{created_at:%Y%m%dT%H%M%SZ}-{what}"
    partial, final = home.releases / f".{release_id}.partial", home.releases / release_id
    try:
        partial.mkdir()
        write(partial, release_id)
        document = {
            "release_id": release_id,
            "created_at": created_at.isoformat(),
            **said,
            "files": hash_files(partial),
        }
        text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
        (partial / MANIFEST).write_text(text, encoding="utf-8")
        layout.seal(partial)
        layout.publish_folder(partial, final)
    except BaseException:
        layout.discard(partial)
        raise
    pointer.swap(home, release_id)
    for surplus in retention.all_releases(home)[:-KEPT]:
        retention.remove(surplus)
    return final
