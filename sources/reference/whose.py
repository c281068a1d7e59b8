"""Whose a reference folder is, asked of its settings alone, whatever else is in it.

Here belongs that question. Not here: a folder that is read whole and checked (``reference``).
"""

from __future__ import annotations

from pathlib import Path

from sources.reference.folder_writer import read_list

COUNCIL_NAME, COUNCIL_CODE = "council_name", "council_code"


def said_of_council(folder: Path, name: str) -> str:
    """Return a setting that says whose the folder is; empty where it does not say, or cannot be read."""
    try:
        return next((row["value"] for row in read_list(folder, "setting") if row["name"] == name), "")
    except (OSError, ValueError, KeyError):
        return ""  # whoever reads the folder says what is wrong with it
