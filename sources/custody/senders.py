"""Senders: whose folders in landing are looked into.

Here belongs which directorates there are, as custody needs to know it: by the folder of reference
data in force, and read with little effort, for every load asks. Not here: what else is in that folder
(``reference``), and putting one in force (``intake.adoption``).
"""

from __future__ import annotations

import csv
from pathlib import Path

from sources.custody.ledger import LedgerView
from sources.custody.payloads import ReferenceAdopted


def known_directorates(ledger: LedgerView, first: Path) -> frozenset[str] | None:
    """Return the directorates of the folder in force; None where nobody knows any yet.

    Args:
        ledger: Says which folder is in force.
        first: The folder that the first load of a home would put in force.
    """
    adoption = ledger.last_event(ReferenceAdopted)
    return _codes(ledger.vault.reference_folder(adoption.payload.reference_sha256) if adoption else first) or None


def directorates_ever_known(ledger: LedgerView) -> frozenset[str]:
    """Return the directorates of all folders that were ever in force."""
    folders = {event.payload.reference_sha256 for event in ledger.adoptions()}
    return frozenset(code for sha256 in folders for code in _codes(ledger.vault.reference_folder(sha256)))


def _codes(folder: Path) -> frozenset[str]:
    """Return the directorates that a folder lists; none where it cannot be read."""
    try:
        with (folder / "directorate.csv").open(encoding="utf-8-sig", newline="") as stream:
            return frozenset(row["directorate_code"] for row in csv.DictReader(stream))
    except (OSError, ValueError, KeyError, csv.Error):
        return frozenset()
