"""The ledger, the typed lines and missing receipts made again from the vault alone.

Here belongs doing so for all of them at once: nothing is judged (R53) and no workbook is read (ruling
E2). Not here: what differs (``restoring``), looking without changing anything (``verification``),
and releases, which the stages that follow build.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from sources import home as layout
from sources.custody import ledger_file
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.problems import VaultDamaged, naming_the_place
from sources.custody.vault import Vault
from sources.home import Home
from sources.intake.restoring import restore_lines
from sources.receipts.receipt import write_missing_receipts


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
        LedgerAhead: If the index knows later events than the vault; likewise.
        RebuildIncomplete: If the vault's copy of a submission's lines is damaged; what it had is
            left as it was.
        CustodyProblem: If something cannot be written.
    """
    for _ in Vault(home).events():
        pass
    LedgerView.of(home).close()
    ledger_file.discard(home.ledger)
    problems = []
    with Ledger.open(home) as ledger, naming_the_place("Rebuilding typed lines", home.lines):
        submissions = ledger.submissions()
        with_lines = [each for each in ledger.judged() if each.lines]
        _remove_unnamed(home, {each.submission_id for each in submissions} - {each.lines for each in with_lines})
        for submission in with_lines:
            try:
                restore_lines(home, ledger, submission)
            except VaultDamaged as problem:
                problems.append(f"{submission.submission_id} ({submission.file_name!r}): {problem}")
        if problems:
            raise RebuildIncomplete(problems)
        receipts = write_missing_receipts(home, ledger)
    return Rebuilt(len(submissions), len(with_lines), len(receipts))


def _remove_unnamed(home: Home, without_lines: Set[str]) -> None:
    """Remove lines that no verdict names, and what was left half-written; a stray stays (ruling C3)."""
    for folder in home.lines.iterdir():
        if folder.name in without_lines or folder.name.startswith("."):
            layout.discard(folder)
