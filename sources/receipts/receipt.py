"""Receipts: what the sender of a file reads of it, a page and a workbook per verdict, on their own desk.

Here belongs where both lie, that each is written once, and how a forged one is known. Not here:
what they tell (``facts``), how they look (``pages``, ``receipt_workbook``), and anything
that another directorate sent.
"""

from __future__ import annotations

import logging
import re
import zipfile
from pathlib import Path

from sources.custody.ledger import Ledger, LedgerView
from sources.custody.problems import VaultDamaged, naming_the_place
from sources.custody.submission import JudgedSubmission, State
from sources.home import Home, discard, write_durably
from sources.parsing.sheets import READ_SHEETS
from sources.reader import refusals
from sources.reader.cells import Refusal, Workbook
from sources.reader.workbook import ReadingStoppedError, read_cells
from sources.receipts.annotated_copy import is_copied
from sources.receipts.facts import Facts, facts_of
from sources.receipts.pages import render_page
from sources.receipts.receipt_workbook import PROPERTIES_PART, workbook_of

_log = logging.getLogger(__name__)

PAGE, WORKBOOK = ".html", ".xlsx"
RECEIPTS = "receipts"
_NAME = re.compile(rf"[0-9]{{6,}}_.+({re.escape(PAGE)}|{re.escape(WORKBOOK)})")
_LONGEST_FOLDER = 255  # bytes


def receipt_path(home: Home, submission: JudgedSubmission) -> Path:
    """Return where the page of a submission's last verdict or decision lies, or would; its workbook lies next to it."""
    return desk_of(home, submission.directorate_code) / receipt_on_desk(submission)


def receipt_on_desk(submission: JudgedSubmission) -> str:
    """Return the same, seen from the desk that it lies on."""
    return f"{RECEIPTS}/{submission.told_seq:06d}_{_filed_as(submission)}{PAGE}"


def _filed_as(submission: JudgedSubmission) -> str:
    """Return what a receipt's file name says of the file: for when it is, or why nobody knows."""
    if submission.version_no is not None:
        year = str(submission.financial_year).replace("/", "-")
        return f"{year}_{submission.reporting_period}_v{submission.version_no}"
    if submission.not_taken or submission.refusal_code in refusals.CODES:
        return "unread"
    return {State.DUPLICATE: "duplicate", State.REFUSED: "not-taken"}.get(submission.state, "no-period")


def desk_of(home: Home, directorate_code: str) -> Path:
    """Return the folder that a directorate reads; what lay in nobody's folder has its receipts in the one above."""
    return home.desk / directorate_code.encode()[:_LONGEST_FOLDER].decode(errors="ignore")


def written_receipts(home: Home) -> list[Path]:
    """Return every page and workbook of a receipt that is there, in order of their names."""
    found = home.desk.rglob(f"{RECEIPTS}/*")
    return sorted(path for path in found if path.suffix in (PAGE, WORKBOOK) and path.is_file())


def is_receipt(path: Path) -> bool:
    """Return whether something in a folder of receipts has the name of one."""
    return bool(_NAME.fullmatch(path.name)) and path.is_file()


def write_receipt(
    home: Home, ledger: Ledger, submission: JudgedSubmission, book: Workbook | Refusal | None = None
) -> Path:
    """Write the receipt of a submission's last verdict, in both of its forms.

    Args:
        home: Holds receipts, and the lines that an accepted one was read into.
        ledger: Holds the verdict's event and, for a duplicate, the submission that it repeats.
        submission: As it stands after that verdict.
        book: The sender's cells, as they were read to be judged; None if they were not.

    Returns:
        The page.

    Raises:
        CustodyProblem: If it cannot be written; the next run writes it.
    """
    page = receipt_path(home, submission)
    facts = facts_of(home, ledger, submission)
    _write_workbook(page, facts, book)
    _write_page(page, facts)
    return page


def write_check(folder: Path, facts: Facts, book: Workbook | Refusal) -> Path:
    """Write what the receipt of a file would be that is only checked, in both of its forms; return the page."""
    page = folder / f"check{PAGE}"
    _write_workbook(page, facts, book)
    _write_page(page, facts)
    return page


def missing_receipts(home: Home, ledger: LedgerView) -> list[Path]:
    """Return where pages and workbooks should lie that are not there."""
    pages = [receipt_path(home, submission) for submission in ledger.judged()]
    return [path for page in pages for path in (page, page.with_suffix(WORKBOOK)) if not path.exists()]


def write_missing_receipts(home: Home, ledger: Ledger) -> list[Path]:
    """Write the pages and workbooks that a killed run did not come to, or that were lost; return them.

    Where this machine stops the reading of a file its workbook is left for the next load (ruling C10).
    """
    for partial in home.desk.rglob(".*.tmp"):
        discard(partial)
    written = []
    for submission in ledger.judged():
        page = receipt_path(home, submission)
        missing = [path for path in (page.with_suffix(WORKBOOK), page) if not path.exists()]
        written += [path for path in missing if _write_again(path, home, ledger, submission)]
    return written


def _write_again(path: Path, home: Home, ledger: Ledger, submission: JudgedSubmission) -> bool:
    """Write one form of a receipt; return whether it could be."""
    facts = facts_of(home, ledger, submission)
    if path.suffix == PAGE:
        _write_page(path, facts)
        return True
    try:
        book = _read_again(ledger, submission)
    except ReadingStoppedError as stopped:
        _log.warning("%r of %r: %s", submission.file_name, submission.directorate_code, stopped)
        return False
    _write_workbook(path, facts, book)
    return True


def names_its_event(path: Path, event_sha256: str) -> bool:
    """Return whether a page or workbook carries the hash of its verdict's event (F-F14)."""
    if path.suffix == PAGE:
        return event_sha256.encode() in path.read_bytes()
    try:
        with zipfile.ZipFile(path) as parts:
            return event_sha256.encode() in parts.read(PROPERTIES_PART)
    except (zipfile.BadZipFile, KeyError):
        return False


def _write_page(path: Path, facts: Facts) -> None:
    with naming_the_place("Writing a receipt", path):
        workbook, has_copy = path.with_suffix(WORKBOOK).name, is_copied(facts.submission)
        write_durably(path, render_page("receipt.html", facts=facts, workbook=workbook, has_copy=has_copy))


def _write_workbook(page: Path, facts: Facts, book: Workbook | Refusal | None) -> None:
    path = page.with_suffix(WORKBOOK)
    with naming_the_place("Writing a receipt", path):
        write_durably(path, workbook_of(facts, book))


def _read_again(ledger: Ledger, submission: JudgedSubmission) -> Workbook | Refusal | None:
    """Return the sender's cells once more; None where none were read, or the vault's bytes are damaged.

    Damage is named by ``savings verify``; what was found is told without the cells.

    Raises:
        ReadingStoppedError: If this machine stopped the reading.
    """
    if not is_copied(submission):
        return None
    try:
        path = ledger.vault.checked_path_of(submission.file_sha256)
    except VaultDamaged:
        return None
    return read_cells(path, submission.file_name, sheets=READ_SHEETS)
