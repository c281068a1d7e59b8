"""What a load could not read, or took and could not move out of landing: known by its mark.

Here belongs the note of it, kept between loads, so that it is named, and what was taken is not taken each
night again. It may be lost, and then such a file is a duplicate once.
Not here: the move (``custody.aside``), and taking (``custody.reception``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sources.custody.landed_file import Landed
from sources.custody.problems import naming_the_place
from sources.home import write_durably


class Unmoved:
    """The files that still lie where a load met them, by folder, name and mark."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._notes = _read(path)

    def seq_of(self, landed: Landed) -> int | None:
        """Return the number of the event of its receipt; None if it was not taken yet, or is another file by now."""
        return self._note_of(landed)[0]

    def reason_of(self, landed: Landed) -> str:
        """Return why it could not be read or moved; empty if nothing is known of it."""
        return self._note_of(landed)[1]

    def note(self, landed: Landed, seq: int | None, reason: str) -> None:
        """Remember a file that could not be moved, or where it has no number, not be read.

        Raises:
            CustodyProblem: If that cannot be written.
        """
        self._notes[landed.folder, landed.raw_name] = (_mark(landed), seq, reason)
        self._keep()

    def forget(self, landed: Landed) -> None:
        """Forget a file that was moved."""
        if self._notes.pop((landed.folder, landed.raw_name), None):
            self._keep()

    def _note_of(self, landed: Landed) -> tuple[int | None, str]:
        mark, seq, reason = self._notes.get((landed.folder, landed.raw_name), (None, None, ""))
        return (seq, reason) if mark == _mark(landed) else (None, "")

    def _keep(self) -> None:
        rows = [[*place, *note] for place, note in sorted(self._notes.items())]
        with naming_the_place("Noting what stays in landing", self._path):
            write_durably(self._path, json.dumps(rows).encode())


def _mark(landed: Landed) -> list[int]:
    return [landed.mark.device, landed.mark.inode, *landed.mark.state]


def _read(path: Path) -> dict[tuple[str, str], tuple[Any, int | None, str]]:
    """Return the notes of an earlier load; what cannot be read as such counts as none."""
    try:
        return {
            (folder, name): (mark, seq, reason) for folder, name, mark, seq, reason in json.loads(path.read_bytes())
        }
    except (OSError, ValueError, TypeError):
        return {}
