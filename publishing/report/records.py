"""Which reports were written, and whether they are still as they were.

Here belongs what events and files say together. Not here: writing a report (``writing``). Light: the standard library
alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from sources.custody.ledger import LedgerView
from sources.custody.payloads import Reported
from sources.home import Home


def reported(ledger: LedgerView, report_code: str, release_id: str) -> Mapping[str, str] | None:
    """Return the hashes of a report's documents as they were written; None if they never were."""
    for event in ledger.events_of(Reported):
        if (event.payload.report_code, event.payload.release_id) == (report_code, release_id):
            return dict(event.payload.files)
    return None


def altered(home: Home, ledger: LedgerView) -> list[str]:
    """Return what of the reports that were written is missing or not as it was; nothing when all is."""
    return [
        f"Report {said.report_code} of {said.release_id} is not as it was written. `savings report {said.report_code} "
        f"--release {said.release_id}` writes it again."
        for event in ledger.events_of(Reported)
        for said in [event.payload]
        if hashes_of(home.reports / said.report_code / said.release_id) != dict(said.files)
    ]


def hashes_of(folder: Path) -> dict[str, str]:
    """Return the hash of each file of a folder by its name; nothing where there is no folder."""
    if not folder.is_dir():
        return {}
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
