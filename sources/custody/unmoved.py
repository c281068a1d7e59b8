"""What a load could not read, or took and could not move out of landing: known by its mark.

Here belongs the note of it, kept between loads, so that it is named, and what was taken is not taken each
night again. It may be lost, and then such a file is a duplicate once.
Not here: the move (``custody.aside``), and taking (``custody.reception``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from sources.custody.landed_file import Landed, Mark
from sources.custody.problems import naming_the_place
from sources.custody.settling import State
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

    def unread(self) -> list[Landed]:
        """Return what could not be read, as it was then."""
        return [Landed(*place, mark) for place, (mark, seq, _) in sorted(self._notes.items()) if seq is None]

    def note(self, landed: Landed, seq: int | None, reason: str) -> None:
        """Remember a file that could not be moved, or where it has no number, not be read.

        Raises:
            CustodyProblem: If that cannot be written.
        """
        self._notes[landed.folder, landed.raw_name] = (landed.mark, seq, reason)
        self._keep()

    def forget(self, landed: Landed) -> None:
        """Forget a file that was moved, or can be read by now."""
        if self._notes.pop((landed.folder, landed.raw_name), None):
            self._keep()

    def keep_only(self, folder: str, files: Iterable[Landed]) -> None:
        """Forget what is gone from a folder."""
        gone = {place for place in self._notes if place[0] == folder} - {(each.folder, each.raw_name) for each in files}
        for place in gone:
            del self._notes[place]
        if gone:
            self._keep()

    def _note_of(self, landed: Landed) -> tuple[int | None, str]:
        mark, seq, reason = self._notes.get((landed.folder, landed.raw_name), (None, None, ""))
        return (seq, reason) if mark == landed.mark else (None, "")

    def _keep(self) -> None:
        rows = [
            [*place, [mark.device, mark.inode, *mark.state], seq, reason]
            for place, (mark, seq, reason) in sorted(self._notes.items())
        ]
        with naming_the_place("Noting what stays in landing", self._path):
            write_durably(self._path, json.dumps(rows).encode())


def _read(path: Path) -> dict[tuple[str, str], tuple[Mark, int | None, str]]:
    """Return the notes of an earlier load; what cannot be read as such counts as none."""
    try:
        return {
            (folder, name): (Mark(device, inode, State(*state)), seq, reason)
            for folder, name, (device, inode, *state), seq, reason in json.loads(path.read_bytes())
        }
    except (OSError, ValueError, TypeError):
        return {}
