"""Litter: what programs and systems leave in a folder that people send files through.

Here belong the names that are left alone: no event, no exit code. Not here: what is taken
(``custody.landing``), and folders that are nobody's (``custody.survey``).
"""

from __future__ import annotations

import re

# Of macOS, Windows, Synology, QNAP and the ext file systems; compared without regard to case.
_NAMES = frozenset(
    {
        "$recycle.bin",
        "#recycle",
        "@eadir",
        "@recently-snapshot",
        "@recycle",
        "@tmp",
        "desktop.ini",
        "lost+found",
        "network trash folder",
        "recycled",
        "recycler",
        "system volume information",
        "temporary items",
        "thumbs.db",
        "thumbs.db:encryptable",
    }
)
# Hidden files (those that macOS and rsync write too), and lock files of Office.
_STARTS = (".", "~$")
# Copies that are not whole yet, and where Windows notes that a file came from the web.
_ENDS = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ":zone.identifier")
# Excel saves under eight hexadecimal digits, then renames: a file. A directorate's code may be such.
_HALF_SAVED = re.compile(r"[0-9A-F]{8}")


def is_litter(name: str, is_folder: bool = False) -> bool:
    """Return whether a file, or a folder, of that name is left alone, wherever it lies."""
    lower = name.casefold()
    # A share may show the colon of a Windows stream as a letter of Unicode's private area.
    plain = lower.replace("\uf022", ":").replace("\uf03a", ":")
    is_half_saved = not is_folder and bool(_HALF_SAVED.fullmatch(name))
    return is_half_saved or lower in _NAMES or plain.startswith(_STARTS) or plain.endswith(_ENDS)
