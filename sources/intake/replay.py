"""Received files read once more, without judging them again (R53): ``savings verify --deep``.

Here belongs holding a new reading to the typed lines that the vault keeps. Not here: the reading
itself, which judging shares (``judging.checks``), and making lost lines again, which reads no
workbook (``restoring``).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sources.custody.ledger import LedgerView
from sources.custody.submission import JudgedSubmission
from sources.home import Home
from sources.judging.checks import ReturnRead, read_return
from sources.lines.line_files import read_file, write_lines
from sources.parsing.sheets import READ_SHEETS
from sources.reader.workbook import Reader, ReadingStoppedError
from sources.reference.reference import ReferenceProblem, read_reference
from sources.template.declaration import SHEETS


def reads_otherwise(ledger: LedgerView) -> Iterator[str]:
    """Yield a sentence for each submission whose file is not seen to read to the lines that its verdict recorded.

    Raises:
        VaultDamaged: If bytes or kept lines were altered.
    """
    with closing(Reader()) as reader:
        for submission in ledger.judged():
            if submission.lines and (problem := _problem(ledger, submission, reader)):
                yield f"{submission.submission_id} ({submission.file_name!r}): {problem}"


def _problem(ledger: LedgerView, submission: JudgedSubmission, reader: Reader) -> str:
    try:
        reference = read_reference(ledger.vault.reference_folder(submission.reference_sha256), was_adopted=True)
    except ReferenceProblem as problem:
        return f"the reference folder that it was judged by no longer reads: {problem}"
    path = ledger.vault.checked_path_of(submission.file_sha256)
    try:
        book = reader.read(path, submission.file_name, sheets=READ_SHEETS)
    except ReadingStoppedError as stopped:
        return f"this machine stopped its reading, so it was not compared ({stopped}). Verify again."
    read = read_return(book, submission.directorate_code, reference)
    if not isinstance(read, ReturnRead):
        return f"it is refused now: {read.code}"
    kept = ledger.vault.checked_lines_folder(str(submission.lines_sha256))
    with tempfile.TemporaryDirectory() as scratch:
        written = write_lines(Home.at(Path(scratch)), "again", read.lines, read.headers)
        differing = [sheet.name for sheet in SHEETS if not read_file(written, sheet).equals(read_file(kept, sheet))]
    said = f"{', '.join(differing)} reads to other lines than its verdict recorded: has the reading changed?"
    return said if differing else ""
