"""Reception: everything that lands is taken into custody, whatever it is.

Here belongs the order that loses nothing: bytes into the vault, then the event, then the landed
file is set aside. Not here: what may be taken yet (``custody.survey``), and what is in it (``intake``
has it judged).
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Collection
from datetime import timedelta
from itertools import groupby, islice

from sources.clock import Clock
from sources.custody.aside import set_aside
from sources.custody.landed_file import Landed, LeftWaitingError, NotAFileError, UnreadableError, as_text, open_landed
from sources.custody.landing import FolderProblemError, open_folder
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import Received
from sources.custody.submission import Submission
from sources.custody.survey import SETTLE, survey
from sources.custody.unmoved import Unmoved
from sources.custody.vault import Stored
from sources.home import Home

_log = logging.getLogger(__name__)

# A flood in one folder must not keep the others' returns from tonight's release: the rest of it
# waits for the next load, in the same order.
MOST_FROM_A_FOLDER = 1_000
_PIECE = 1 << 20


def receive(
    home: Home,
    ledger: Ledger,
    clock: Clock,
    directorates: Collection[str] | None = None,
    settle: timedelta = SETTLE,
    most_from_a_folder: int = MOST_FROM_A_FOLDER,
) -> list[str]:
    """Take in what waits in landing and is settled; only the holder of the home's lock may.

    Args:
        home: The warehouse.
        ledger: Records each receipt; its vault keeps the bytes.
        clock: The time of receipt.
        directorates: Whose folders are looked into; None where nobody knows yet: then every folder is.
        settle: How long a file has to look the same where leases say nothing.
        most_from_a_folder: How many files of one folder are taken in at once.

    Returns:
        The ids of the submissions received, in order of receipt.

    Raises:
        CustodyProblem: If the vault cannot be written or landing not be read; what was not taken in stays.
    """
    ledger.vault.discard_partial_files()
    received: list[str] = []
    try_again(home)
    landing, unmoved = survey(home, directorates, clock, settle), Unmoved(home.unmoved)
    _move_what_was_taken(home, landing.unmoved, unmoved)
    for folder, files in groupby(landing.ready, key=lambda landed: landed.folder):
        taken_before = _taken_and_not_judged(ledger, as_text(folder))
        try:
            with open_folder(home.landing, folder) as descriptor:
                for landed in islice(files, most_from_a_folder):
                    received += _take(landed, descriptor, taken_before, ledger, clock, unmoved)
        except FolderProblemError as problem:
            # It is an island: the others' returns are taken in, and the next survey names it.
            _log.warning("%s", problem)
    return received


def try_again(home: Home) -> None:
    """Let what a load could not read, and what can be read by now, be taken as any other file.

    It is read whole, so each load does this and no look between them: a lock on a part of a file, or a bad spot of
    a disk, shows nowhere else.
    """
    unmoved = Unmoved(home.unmoved)
    for landed in unmoved.unread():
        with (
            contextlib.suppress(FolderProblemError, LeftWaitingError, NotAFileError, FileNotFoundError),
            open_folder(home.landing, landed.folder) as descriptor,
        ):
            with open_landed(descriptor, landed) as stream:
                while stream.read(_PIECE):
                    pass
            unmoved.forget(landed)


def receipt_payload(
    ledger: LedgerView,
    directorate_code: str,
    file_name: str,
    stored: Stored,
    *,
    is_declared: bool = False,
    not_taken: str = "",
    written_ns: int | None = None,
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
        written_ns=written_ns,
    )


def _taken_and_not_judged(ledger: LedgerView, directorate_code: str) -> list[Submission]:
    """Return what a killed run can have left where it landed: received, and without a verdict."""
    return [
        each
        for each in ledger.unjudged()
        if type(each) is Submission and each.directorate_code == directorate_code and not each.is_receipt_declared
    ]


def _take(
    landed: Landed, folder: int, taken_before: list[Submission], ledger: Ledger, clock: Clock, unmoved: Unmoved
) -> list[str]:
    """Take one file in; return its submission's id, or nothing if it waits or was in custody already."""
    not_taken = ""
    try:
        with open_landed(folder, landed) as stream:
            stored = ledger.vault.store(stream)
    except NotAFileError as what:
        stored, not_taken = Stored("", 0), str(what)
    except UnreadableError as reason:
        # The survey opens a file and reads none of it, so it has to be told.
        unmoved.note(landed, None, str(reason))
        _log.warning("%r of %r is left waiting: %s", landed.name, landed.directorate_code, reason)
        return []
    except LeftWaitingError as reason:
        # %r: a name may hold line breaks and control characters.
        _log.warning("%r of %r is left waiting: %s", landed.name, landed.directorate_code, reason)
        return []
    except FileNotFoundError:
        _log.warning("%r of %r vanished before it was taken", landed.name, landed.directorate_code)
        return []
    for before in taken_before:
        if (before.file_name, before.file_sha256, before.not_taken) == (landed.name, stored.sha256, not_taken):
            _set_aside(landed, folder, before.receipt_seq, unmoved)
            return []
    written_ns = landed.mark.state.written_ns
    said = receipt_payload(
        ledger, landed.directorate_code, landed.name, stored, not_taken=not_taken, written_ns=written_ns
    )
    event = ledger.record(clock, said)
    _set_aside(landed, folder, event.seq, unmoved)
    return [event.payload.submission_id]


def _move_what_was_taken(home: Home, taken: list[Landed], unmoved: Unmoved) -> None:
    """Try again to move what an earlier load took and could not move."""
    for landed in taken:
        seq = unmoved.seq_of(landed)
        with contextlib.suppress(FolderProblemError), open_folder(home.landing, landed.folder) as descriptor:
            _set_aside(landed, descriptor, seq or 0, unmoved)


def _set_aside(landed: Landed, folder: int, seq: int, unmoved: Unmoved) -> None:
    try:
        set_aside(folder, landed, seq)
        unmoved.forget(landed)
    except LeftWaitingError as reason:
        _log.warning("%r of %r waits again: %s", landed.name, landed.directorate_code, reason)
    except FileNotFoundError:
        _log.warning("%r of %r vanished after it was taken", landed.name, landed.directorate_code)
    except OSError as error:
        # The folder looked writable: a file that is set immutable, or a share with rules of its own.
        unmoved.note(landed, seq, error.strerror or str(error))
