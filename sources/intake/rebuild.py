"""The ledger and the typed lines made anew from the vault alone.

Here belongs replaying verdicts: nothing is judged (R53), and what is read again must be what the
verdict recorded. Not here: the reading itself (``replay``), looking without mending
(``verification``), and releases, which the stages that follow build.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sources import home as layout
from sources.custody import ledger_file
from sources.custody.ledger import Ledger
from sources.custody.problems import VaultDamaged, naming_the_place
from sources.custody.submission import JudgedSubmission
from sources.custody.vault import Vault
from sources.home import Home
from sources.intake.replay import ReplayProblem, lines_of
from sources.lines.line_files import folder_of, lines_sha256, write_lines
from sources.parsing.sheets import READ_SHEETS
from sources.reader.workbook import read_cells
from sources.receipts.receipt import write_missing_receipts
from sources.reference.reference import Reference, ReferenceProblem, read_reference


class RebuildIncomplete(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """Some submissions have no lines after a rebuild; all others have.

    Attributes:
        problems: One sentence each, naming the submission.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(["Everything was rebuilt but for this:", *self.problems]))


@dataclass(frozen=True)
class Rebuilt:
    """What was made anew.

    Attributes:
        submissions: How many the ledger has.
        lines: How many of them have typed lines.
        receipts: How many pages and workbooks of receipts were missing.
    """

    submissions: int
    lines: int
    receipts: int


def rebuild(home: Home) -> Rebuilt:
    """Make ledger, typed lines and missing receipts anew; only the holder of the home's lock may.

    Raises:
        VaultDamaged: If an event is missing or altered; then nothing is changed.
        RebuildIncomplete: If the bytes of a submission are damaged, or no longer read to what its
            verdict recorded; what it had is left as it was.
        CustodyProblem: If something cannot be written.
    """
    for _ in Vault(home).events():
        pass
    ledger_file.discard(home.ledger)
    problems = []
    with Ledger.open(home) as ledger, naming_the_place("Rebuilding typed lines", home.lines):
        submissions = ledger.submissions()
        with_lines = [each for each in ledger.judged() if each.lines]
        _remove_strays(home, {each.lines for each in with_lines})
        for submission in with_lines:
            try:
                rebuild_lines(home, ledger, submission)
            except (VaultDamaged, ReplayProblem) as problem:
                problems.append(f"{submission.submission_id} ({submission.file_name!r}): {problem}")
        if problems:
            raise RebuildIncomplete(problems)
        receipts = write_missing_receipts(home, ledger)
    return Rebuilt(len(submissions), len(with_lines), len(receipts))


def rebuild_lines(home: Home, ledger: Ledger, submission: JudgedSubmission) -> Path:
    """Write one submission's typed lines anew from the vault's bytes.

    Returns:
        Their folder.

    Raises:
        VaultDamaged: If its bytes were altered; what it had is left as it was.
        ReplayProblem: If it has no lines, or reads to other lines than its verdict recorded; likewise.
    """
    if submission.lines is None:
        raise ReplayProblem(f"{submission.submission_id} is {submission.state.value}: it has no lines")
    path = ledger.vault.checked_path_of(submission.file_sha256)
    reference = _reference(ledger.vault.reference_folder(submission.reference_sha256))
    tables, headers = lines_of(
        read_cells(path, submission.file_name, sheets=READ_SHEETS), submission.directorate_code, reference
    )
    # Aside first: only what was proven to be the same takes the place of what is there.
    aside = Home.at(home.build / "replay")
    rewritten = write_lines(aside, submission.lines, tables, headers)
    if lines_sha256(aside, submission.lines) != submission.lines_sha256:
        layout.discard(rewritten)
        raise ReplayProblem("its bytes read to other lines than its verdict recorded: has the reading changed?")
    final = folder_of(home, submission.lines)
    layout.discard(final)
    layout.publish_folder(rewritten, final)
    return final


def _reference(folder: Path) -> Reference:
    try:
        return read_reference(folder)
    except ReferenceProblem as problem:
        raise ReplayProblem(f"the reference folder that it was judged by no longer reads: {problem}") from problem


def _remove_strays(home: Home, named: set[str | None]) -> None:
    for folder in home.lines.iterdir():
        if folder.name not in named:
            layout.discard(folder)
