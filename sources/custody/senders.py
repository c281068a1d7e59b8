"""Senders: whose folders in landing are looked into.

Here belongs which directorates there are and who their people are, as custody needs to know it: by the folder of
reference data in force, and read with little effort, for every load asks. Not here: what else is in that folder
(``reference``), and putting one in force (``intake.adoption``).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from sources.custody.ledger import LedgerView
from sources.custody.payloads import ReferenceAdopted
from sources.home import group_problem


def known_directorates(ledger: LedgerView, first: Path) -> Mapping[str, str | None] | None:
    """Return the group of each directorate of the folder in force; None where nobody knows any yet.

    Args:
        ledger: Says which folder is in force.
        first: The folder that the first load of a home would put in force.
    """
    adoption = ledger.last_event(ReferenceAdopted)
    return _groups(ledger.vault.reference_folder(adoption.payload.reference_sha256) if adoption else first) or None


def not_let_in(groups: Mapping[str, str | None]) -> list[str]:
    """Return a sentence for each directorate whose people cannot be let into their landing folder and their desk."""
    found = {code: group_problem(group) for code, group in sorted(groups.items()) if group}
    return [
        f"The people of {code} cannot be let in to send returns and to read their desk. {' '.join(problem)}"
        " Or correct os_group of directorate.csv."
        for code, problem in found.items()
        if problem
    ]


def directorates_ever_known(ledger: LedgerView) -> frozenset[str]:
    """Return the directorates of all folders that were ever in force."""
    folders = {event.payload.reference_sha256 for event in ledger.adoptions()}
    return frozenset(code for sha256 in folders for code in _groups(ledger.vault.reference_folder(sha256)))


def _groups(folder: Path) -> dict[str, str | None]:
    """Return the group of each directorate that a folder lists, by its last row; none where it cannot be read."""
    try:
        with (folder / "directorate.csv").open(encoding="utf-8-sig", newline="") as stream:
            return {row["directorate_code"]: row.get("os_group") or None for row in csv.DictReader(stream)}
    except (OSError, ValueError, KeyError, csv.Error):
        return {}
