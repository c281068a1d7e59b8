"""Whether a release is still the one that was published, as far as a glance tells (ruling E4).

Here belongs the glance that every night takes: the manifest's hash, as its event recorded it, and
the size of each file. Not here: hashing the files again (``manifest``, ``verification``). Light: the
standard library alone.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from sources.custody.ledger import LedgerView
from sources.custody.payloads import Published

MANIFEST = "manifest.json"
# The folder of a release that has its pages.
SITE = "site"


def recorded_manifest(ledger: LedgerView, release_id: str) -> str | None:
    """Return the hash of a release's manifest as it was when it was published; None if it never was."""
    of_it = [event.payload for event in ledger.events_of(Published) if event.payload.release_id == release_id]
    return of_it[-1].manifest_sha256 if of_it else None


def altered_manifest(release: Path, manifest_sha256: str | None) -> str:
    """Return what is wrong with a release's manifest as a file; nothing when it is as recorded."""
    if manifest_sha256 is None:
        return f"{release.name} was never published"
    try:
        found = hashlib.sha256((release / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return f"{release.name} has no readable {MANIFEST}"
    return "" if found == manifest_sha256 else f"{MANIFEST} of {release.name} is not the one that was published"


def seen_to_be_broken(release: Path, manifest_sha256: str | None) -> str:
    """Return what a glance at a release finds wrong; nothing when all seems as it was published."""
    if problem := altered_manifest(release, manifest_sha256):
        return problem
    for name, size in sorted(json.loads((release / MANIFEST).read_bytes())["sizes"].items()):
        path = release / name
        if not path.is_file():
            return f"{name} of {release.name} is missing"
        if path.stat().st_size != size:
            return f"{name} of {release.name} is not as long as when it was published"
    return ""
