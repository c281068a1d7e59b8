"""The version of a release: what changed since the one before, in three numbers.

Here belongs how it is counted: the contract's number, then one more for other content, then one more for the same
content written again (pages, files). Not here: what changed in particular (``changes``).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from dbt_project.published import CONTRACT
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Published

_HERE = Path(__file__).parent
_MAJOR = CONTRACT.rpartition("_v")[2]


def next_version(ledger: LedgerView, content_sha256: str) -> str:
    """Return the version of a release of such content; no two releases of a ledger have the same."""
    last = ledger.last_event(Published)
    major, _, numbers = last.payload.version.partition(".") if last else ("", "", "")
    if last is None or major != _MAJOR:
        return f"{_MAJOR}.0.0"
    content, again = map(int, numbers.split("."))
    if last.payload.content_sha256 == content_sha256:
        return f"{_MAJOR}.{content}.{again + 1}"
    return f"{_MAJOR}.{content + 1}.0"


@cache
def parts_sha256() -> str:
    """Return one hash of all that turns the same content into files: this room's code, templates and styles."""
    digest = hashlib.sha256()
    for path in sorted(_HERE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(_HERE).as_posix()}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
