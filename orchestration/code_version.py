"""The code's version: a hash of all that decides what a build comes to.

Here belongs which files count. Not here: what follows from a change (``nothing_new``).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

_ROOMS = ("sources", "dbt_project", "expectations", "publishing", "orchestration")
_KINDS = frozenset({".py", ".sql", ".yml", ".lock", ".html", ".j2", ".css", ".js"})
# Written by dbt while it works.
_SCRATCH = frozenset({"target", "logs", "dbt_packages", "__pycache__"})


def code_sha256(project: Path) -> str:
    """Return one hash of the project's code and of the versions it runs on (``run.lock``)."""
    digest = hashlib.sha256()
    for path in _code_files(project):
        digest.update(f"{path.relative_to(project).as_posix()}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _code_files(project: Path) -> Iterator[Path]:
    for room in _ROOMS:
        yield from sorted(path for path in _files_below(project / room) if path.suffix in _KINDS)
    yield project / "requirements" / "run.lock"


def _files_below(room: Path) -> Iterator[Path]:
    for folder, below, names in os.walk(room):
        # Never looked into: what dbt writes there while another run is at work comes and goes.
        below[:] = [name for name in below if name not in _SCRATCH]
        yield from (Path(folder) / name for name in names)
