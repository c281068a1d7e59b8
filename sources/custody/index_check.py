"""Whether the index is what the vault's events come to; and making it so again (ruling E2).

Here belongs the comparison, row by row. Not here: the index itself (``ledger``), and the files that
events name (``vault``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sources.custody.ledger import Ledger, LedgerView
from sources.home import Home

_Rows = Mapping[str, list[tuple[Any, ...]]]
_MOST_NAMED = 20
# The view that was folded last in this process: a night looks twice.
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


def restore_index(home: Home, ledger: Ledger) -> list[str]:
    """Hold the index to the events, and make it again where it differs; return what differed.

    Raises:
        VaultDamaged: If an event is missing or altered.
        CustodyProblem: If it cannot be written.
    """
    tables = _folded(home).tables()
    found = list(_differing(ledger.tables(), tables))
    if found:
        ledger.replace_tables(tables)
    return [f"{sentence} It was made again from the events." for sentence in found]


def _folded(home: Home) -> LedgerView:
    """Return what the events come to now; where each has the bytes that it had, only what is new is read."""
    folded = _LAST.pop(home, None)
    _LAST.clear()
    if folded is None or not folded.follows_its_events():
        folded = LedgerView.folded(home)
    _LAST[home] = folded
    return folded


def _differing(index: _Rows, events: _Rows) -> Iterator[str]:
    for table, rows in events.items():
        held, given = {row[0]: row for row in index.get(table, [])}, {row[0]: row for row in rows}
        for key in sorted(held.keys() | given.keys(), key=str):
            if held.get(key) != given.get(key):
                yield f"What the ledger holds of {table} {key} is not what the events say."
