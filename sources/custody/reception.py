"""Reception: everything that lands is taken into custody, whatever it is.

Here belongs the order that loses nothing: bytes into the vault, then the event, then the landed
file is set aside. Not here: whether something may be taken yet (``landing``), and what is in it
(``intake`` has it judged).
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from itertools import groupby, islice
from pathlib import Path

from sources.clock import Clock
from sources.custody.events import Event
from sources.custody.landing import (
    Landed,
    LeftWaitingError,
    NotAFileError,
    as_text,
    is_set_aside,
    open_folder,
    open_landed,
    set_aside,
    waiting,
)
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import Received
from sources.custody.problems import naming_the_place
from sources.custody.submission import Submission
from sources.custody.vault import Stored
from sources.home import Home

_log = logging.getLogger(__name__)

# A flood in one folder must not keep the others' returns from tonight's release: the rest of it
# waits for the next load, in the same order.
MOST_FROM_A_FOLDER = 1_000
# A copy that has not moved for so long has stopped, and its sender should know (F-D27).
LONGEST_PAUSE = timedelta(minutes=10)
_MOST_NAMED = 5


def receive(home: Home, ledger: Ledger, clock: Clock, most_from_a_folder: int = MOST_FROM_A_FOLDER) -> list[str]:
    """Take in what waits in landing; only the holder of the home's lock may.

    Args:
        home: The warehouse.
        ledger: Records each receipt; its vault keeps the bytes.
        clock: The time of receipt.
        most_from_a_folder: How many files of one folder are taken in at once.

    Returns:
        The ids of the submissions received, in order of receipt.

    Raises:
        CustodyProblem: If the vault or landing cannot be written; what was not taken in stays.
    """
    ledger.vault.discard_partial_files()
    received = []
    with naming_the_place("Looking into landing", home.landing):
        for folder, files in groupby(waiting(home.landing), key=lambda landed: landed.folder):
            # All that a killed run can have left is this one: received, and not set aside yet.
            last = ledger.last_dropped(as_text(folder))
            with open_folder(home.landing, folder) as descriptor:
                for landed in islice(files, most_from_a_folder):
                    received += _take(landed, descriptor, last, ledger, clock)
    return received


def stuck(landing: Path, now: datetime) -> list[str]:
    """Return a sentence for each file that waits although nobody has written to it for a while, the first few named.

    Args:
        landing: The landing folder, after a load has taken what it could.
        now: In UTC.

    Raises:
        OSError: If a folder cannot be read.
    """
    found = [landed for landed in waiting(landing) if now - landed.last_written > LONGEST_PAUSE]
    sentences = [
        f"{landed.name!r} of {landed.directorate_code!r} has been waiting since {landed.last_written:%d/%m/%Y %H:%M}"
        " UTC: another program still holds it open, or we may not read it. Have it closed, or copied again."
        for landed in found[:_MOST_NAMED]
    ]
    more = len(found) - len(sentences)
    return [*sentences, f"{more} more files wait in landing."] if more else sentences


def record_receipt(
    ledger: Ledger,
    clock: Clock,
    directorate_code: str,
    file_name: str,
    stored: Stored,
    *,
    is_declared: bool = False,
    not_taken: str = "",
) -> Event[Received]:
    """Record that a file was received; its bytes are in the vault already."""
    payload = receipt_payload(ledger, directorate_code, file_name, stored, is_declared=is_declared, not_taken=not_taken)
    return ledger.record(clock, payload)


def receipt_payload(
    ledger: LedgerView,
    directorate_code: str,
    file_name: str,
    stored: Stored,
    *,
    is_declared: bool = False,
    not_taken: str = "",
) -> Received:
    """Return what a RECEIVED event says of a file."""
    # What has no bytes is told from its like by its name.
    sha256 = stored.sha256 or hashlib.sha256(f"{not_taken} {file_name}".encode()).hexdigest()
    stem = f"{directorate_code}-{sha256[:16]}"
    receipt_no = ledger.receipts_of(stem) + 1
    return Received(
        submission_id=stem if receipt_no == 1 else f"{stem}-{receipt_no}",
        directorate_code=directorate_code,
        file_name=file_name,
        file_sha256=stored.sha256,
        size=stored.size,
        receipt_no=receipt_no,
        is_receipt_declared=is_declared,
        not_taken=not_taken,
    )


def _take(landed: Landed, folder: int, last: Submission | None, ledger: Ledger, clock: Clock) -> list[str]:
    """Take one file in; return its submission's id, or nothing if it waits or was in custody already."""
    not_taken = ""
    try:
        with open_landed(folder, landed) as stream:
            stored = ledger.vault.store(stream)
    except NotAFileError as what:
        stored, not_taken = Stored("", 0), str(what)
    except LeftWaitingError as reason:
        # %r: a name may hold line breaks and control characters.
        _log.warning("%r of %r is left waiting: %s", landed.name, landed.directorate_code, reason)
        return []
    except FileNotFoundError:
        _log.warning("%r of %r vanished before it was taken", landed.name, landed.directorate_code)
        return []
    if last and _is_same(last, landed, stored, not_taken) and not is_set_aside(folder, landed, last.receipt_seq):
        _set_aside(landed, folder, last.receipt_seq)
        return []
    event = record_receipt(ledger, clock, landed.directorate_code, landed.name, stored, not_taken=not_taken)
    _set_aside(landed, folder, event.seq)
    return [event.payload.submission_id]


def _is_same(last: Submission, landed: Landed, stored: Stored, not_taken: str) -> bool:
    return (last.file_name, last.file_sha256, last.not_taken) == (landed.name, stored.sha256, not_taken)


def _set_aside(landed: Landed, folder: int, seq: int) -> None:
    try:
        set_aside(folder, landed, seq)
    except LeftWaitingError as reason:
        _log.warning("%r of %r waits again: %s", landed.name, landed.directorate_code, reason)
    except FileNotFoundError:
        _log.warning("%r of %r vanished after it was taken", landed.name, landed.directorate_code)
