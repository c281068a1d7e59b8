"""Whether the index is what the vault's events come to; and making it so again (ruling E2).

Here belongs the comparison, row by row. Not here: the index itself (``ledger``), and the files that
events name (``vault``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sources import home as layout
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import Published, SameContent
from sources.custody.problems import naming_the_place
from sources.home import Home

_Rows = Mapping[str, list[tuple[Any, ...]]]
_MOST_NAMED = 20
# The view that was folded last in this process: a night looks twice, and keeps it for the next one.
_LAST: dict[Home, LedgerView] = {}


def differences(home: Home, index: LedgerView) -> list[str]:
    """Return a sentence for each row of an index that is not as the events give it, the first ones named.

    Args:
        home: The warehouse.
        index: As stored; what it has not indexed yet is no difference.

    Raises:
        VaultDamaged: If an event is missing or altered.
    """
    with LedgerView.folded(home, until=index.last_seq()) as folded:
        found = list(_differing(index.tables(), folded.tables()))
    more = len(found) - _MOST_NAMED
    return [*found[:_MOST_NAMED], *([f"{more} more rows of the ledger differ from the events."] if more > 0 else [])]


def restore_index(home: Home, ledger: Ledger, code_sha256: str = "") -> list[str]:
    """Hold the index to the events, and make it again where it differs; return what differed.

    Args:
        home: The warehouse.
        ledger: Its index.
        code_sha256: Of the code of now: what the same code kept of the events need not be worked out again.

    Raises:
        VaultDamaged: If an event is missing or altered.
        CustodyProblem: If it cannot be written.
    """
    tables = _folded(home, ledger, code_sha256).tables()
    found = list(_differing(ledger.tables(), tables))
    if found:
        ledger.replace_tables(tables)
    return [f"{sentence} It was made again from the events." for sentence in found]


def keep_folded(home: Home) -> str:
    """Keep what the events came to when the index was held to them last; return the hash of the file.

    Whoever records it in an event lets the next night in another process begin from there. Empty where this process
    has held no index to its events.

    Raises:
        CustodyProblem: If it cannot be written.
    """
    folded = _LAST.get(home)
    if folded is None:
        return ""
    data = folded.as_bytes()
    with naming_the_place("Keeping what the events come to", home.folded):
        layout.write_durably(home.folded, data)
    return hashlib.sha256(data).hexdigest()


def _folded(home: Home, ledger: Ledger, code_sha256: str) -> LedgerView:
    """Return what the events come to now; where each has the bytes that it had, only what is new is read."""
    folded = _LAST.pop(home, None) or _kept(home, ledger, code_sha256)
    _LAST.clear()
    if folded is None or not folded.follows_its_events():
        folded = LedgerView.folded(home)
    _LAST[home] = folded
    return folded


def _kept(home: Home, ledger: Ledger, code_sha256: str) -> LedgerView | None:
    """Return what was kept, if its file is the one that the last publishing names, and the same code wrote it."""
    last = ledger.last_event(Published, SameContent)
    # The index may say anything of its events; it has not been held to them yet.
    said = last.payload if last and isinstance(last.payload, Published) else None
    if said is None or not said.folded_sha256 or said.inputs["code_sha256"] != code_sha256:
        return None
    try:
        data = home.folded.read_bytes()
    except OSError:
        return None
    return LedgerView.from_bytes(home, data) if hashlib.sha256(data).hexdigest() == said.folded_sha256 else None


def _differing(index: _Rows, events: _Rows) -> Iterator[str]:
    for table, rows in events.items():
        held, given = {row[0]: row for row in index.get(table, [])}, {row[0]: row for row in rows}
        for key in sorted(held.keys() | given.keys(), key=str):
            if held.get(key) != given.get(key):
                yield f"What the ledger holds of {table} {key} is not what the events say."
