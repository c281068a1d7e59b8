"""A history list: old returns with the times at which they were received.

Here belongs reading the list and telling which of its files are still to be taken in. Not here:
taking them in (``intake``).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sources.custody.landed_file import as_text
from sources.custody.landing import natural_order
from sources.custody.ledger import Ledger
from sources.custody.vault import file_sha256

COLUMNS = ("file", "received_at")
# Files that declare one time are received a microsecond apart (R55), never as much as this.
_SAME_TIME = timedelta(seconds=1)


class HistoryProblem(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """A history list is wrong, or may not be taken into this home. Nothing was taken in.

    Attributes:
        problems: One sentence each, with the line where there is one.
    """

    def __init__(self, history: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([f"The history list {history} is refused:", *self.problems]))


@dataclass(frozen=True)
class Declared:
    """One old return.

    Attributes:
        path: Where it lies; it is read there and stays.
        received_at: When it was received, in UTC.
    """

    path: Path
    received_at: datetime

    @property
    def directorate_code(self) -> str:
        """Who sent it: the name of the folder that it lies in."""
        return as_text(self.path.parent.name)

    @property
    def name(self) -> str:
        """The file's name as text."""
        return as_text(self.path.name)


def read_history(history: Path) -> list[Declared]:
    """Return a list's entries in order of receipt.

    The list is a CSV with the columns ``file`` (a path relative to the list) and ``received_at``
    (ISO, with its zone).

    Raises:
        HistoryProblem: If it cannot be read; it lists all that is wrong.
    """
    entries: list[Declared] = []
    problems: list[str] = []
    try:
        with history.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if missing := [column for column in COLUMNS if column not in (rows.fieldnames or ())]:
                raise HistoryProblem(
                    history, [f"It needs the columns {' and '.join(COLUMNS)}; {missing[0]} is missing."]
                )
            for row in rows:
                try:
                    entries.append(_entry(history.parent, row))
                except ValueError as error:
                    problems.append(f"Line {rows.line_num}: {error}.")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise HistoryProblem(history, [f"It cannot be read: {error}."]) from error
    if problems:
        raise HistoryProblem(history, problems)
    return sorted(entries, key=lambda entry: (entry.received_at, entry.directorate_code, natural_order(entry.name)))


def pending(history: Path, ledger: Ledger) -> list[Declared]:
    """Return the entries that were not taken in yet, in order of receipt.

    Raises:
        HistoryProblem: If the list cannot be read, or the home has events later than the first of
            them: what was known when can then no longer be told truly (R55).
    """
    entries = [entry for entry in read_history(history) if not _is_taken_in(entry, ledger)]
    last = ledger.vault.last()
    if entries and last and last.at >= entries[0].received_at:
        raise HistoryProblem(
            history,
            [
                f"{entries[0].name} was received on {entries[0].received_at.isoformat()}, but this home has an event"
                f" of {last.at.isoformat()}. Take history into a fresh home, before anything else."
            ],
        )
    return entries


def _entry(folder: Path, row: dict[str, str]) -> Declared:
    path = folder / (row["file"] or "").strip()
    if not path.is_file():
        raise ValueError(f"there is no file '{row['file']}' beside the list")
    try:
        received_at = datetime.fromisoformat((row["received_at"] or "").strip())
    except ValueError:
        raise ValueError(f"'{row['received_at']}' is no time; write it as 2021-10-12T09:00:00Z") from None
    if received_at.tzinfo is None:
        raise ValueError(f"'{row['received_at']}' has no zone; write it as 2021-10-12T09:00:00Z")
    return Declared(path.absolute(), received_at.astimezone(UTC))


def _is_taken_in(entry: Declared, ledger: Ledger) -> bool:
    return any(
        same.is_receipt_declared
        and same.file_name == entry.name
        and timedelta(0) <= same.received_at - entry.received_at < _SAME_TIME
        for same in ledger.by_bytes(entry.directorate_code, file_sha256(entry.path))
    )
