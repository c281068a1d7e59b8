"""What of a file may be shown back to people, and how.

Here belongs what keeps a message harmless and free of personal data. Not here: the message itself
(``findings.words``).

Source: the return specification, last paragraph of "Common message form".
"""

from __future__ import annotations

from datetime import datetime, time

from sources.findings.personal_data import masked
from sources.findings.wording import day
from sources.reader.cells import Cell, CellKind
from sources.template.declaration import Column, Kind

SHOWN_LENGTH = 40
# No more of a text is looked at: enough to see whether what is shown begins an address.
_LOOKED_AT_LENGTH = 400
# Titles, notes, explanations and names are never shown back: a receipt may be read by others.
_NEVER_SHOWN = frozenset({Kind.TEXT, Kind.NARRATIVE})


def shown_back(cell: Cell | None, column: Column) -> str:
    """Return what of a cell may be shown back: typed columns alone, escaped, personal data masked."""
    if cell is None or column.kind in _NEVER_SHOWN:
        return ""
    if cell.kind is CellKind.BOOLEAN:
        return ("FALSE", "TRUE")[cell.text == "1"]
    return escaped(_moment(cell.text) if cell.kind is CellKind.DATE else cell.text)


def _moment(text: str) -> str:
    """Return a day as people write it, ``31 August 2021``, with its time where it has one; else the text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:  # a time of day or a duration
        return text
    return f"{day(moment)} {moment:%H:%M}" if moment.time() != time() else day(moment)


def escaped(text: str) -> str:
    """Return text for a message: what cannot be seen spelled out, personal data masked, 40 characters at most."""
    visible = "".join(
        letter if letter.isprintable() else f"\\u{ord(letter):04x}"
        for letter in masked(text.strip()[:_LOOKED_AT_LENGTH])
    )
    return visible if len(visible) <= SHOWN_LENGTH else f"{visible[: SHOWN_LENGTH - 1]}…"
