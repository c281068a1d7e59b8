"""What was taken and could not be moved out of landing: known by its mark, so that it is not taken each night again.

Here belongs the note of it, kept between loads; it may be lost, and then the file is a duplicate once.
Not here: the move (``custody.aside``), and taking (``custody.reception``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sources.custody.landed_file import Landed
from sources.home import write_durably


class Unmoved:
    """The files that still lie where they were taken from, by folder, name and mark."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._notes = _read(path)

    def seq_of(self, landed: Landed) -> int | None:
        """Return the number of the event of its receipt; None if it was not taken yet, or is another file by now."""
        mark, seq, _ = self._notes.get((landed.folder, landed.raw_name), (None, None, ""))
        return seq if mark == _mark(landed) else None

    def reason_of(self, landed: Landed) -> str:
        """Return why it could not be moved."""
        return self._notes[landed.folder, landed.raw_name][2]

    def note(self, landed: Landed, seq: int, reason: str) -> None:
        """Remember a file that could not be moved."""
        self._notes[landed.folder, landed.raw_name] = (_mark(landed), seq, reason)
        self._keep()

    def forget(self, landed: Landed) -> None:
        """Forget a file that was moved."""
        if self._notes.pop((landed.folder, landed.raw_name), None):
            self._keep()

    def _keep(self) -> None:
        rows = [[*place, *note] for place, note in sorted(self._notes.items())]
        write_durably(self._path, json.dumps(rows).encode())


def _mark(landed: Landed) -> list[int]:
    return [landed.mark.device, landed.mark.inode, *landed.mark.state]


def _read(path: Path) -> dict[tuple[str, str], tuple[Any, int, str]]:
    """Return the notes of an earlier load; what cannot be read as such counts as none."""
    try:
        return {
            (folder, name): (mark, seq, reason) for folder, name, mark, seq, reason in json.loads(path.read_bytes())
        }
    except (OSError, ValueError, TypeError):
        return {}
