"""What is held to the vault before anything is read: the index to its events, the typed lines to their digests.

Here belongs making again what differs, from what the vault keeps, and saying so (ruling E2). Not
here: looking without changing anything (``verification``), and making everything again (``rebuild``).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from sources import home as layout
from sources.custody.index_check import restore_index
from sources.custody.ledger import Ledger
from sources.custody.problems import naming_the_place
from sources.custody.submission import JudgedSubmission
from sources.home import Home
from sources.lines.line_digest import line_files, lines_sha256
from sources.lines.line_files import folder_of


def restore(home: Home, ledger: Ledger, code_sha256: str = "") -> list[str]:
    """Hold index and typed lines to the vault; only the holder of the home's lock may.

    Args:
        home: The warehouse.
        ledger: Its index.
        code_sha256: Of the code of now (``restore_index``).

    Returns:
        A sentence for each thing that differed and was made again; usually none.

    Raises:
        VaultDamaged: If an event, or the vault's own copy of what differs, is missing or altered.
        CustodyProblem: If something cannot be written.
    """
    said = restore_index(home, ledger, code_sha256)
    for submission in ledger.judged():
        if submission.lines and not are_as_judged(home, submission):
            restore_lines(home, ledger, submission)
            said.append(f"The typed lines of {submission.submission_id} were missing or altered: copied again.")
    return said


def are_as_judged(home: Home, submission: JudgedSubmission) -> bool:
    """Return whether the typed lines of a submission that has some are those that its verdict recorded."""
    try:
        return lines_sha256(folder_of(home, submission.lines or "")) == submission.lines_sha256
    except OSError:
        return False


def restore_lines(home: Home, ledger: Ledger, submission: JudgedSubmission) -> Path:
    """Copy a submission's typed lines from the vault again, whatever lies in their place.

    Returns:
        Their folder.

    Raises:
        VaultDamaged: If the vault's copy is missing or altered; what was there is left as it was.
        ValueError: If the submission has no lines.
    """
    if submission.lines is None or submission.lines_sha256 is None:
        raise ValueError(f"{submission.submission_id} is {submission.state.value}: it has no lines")
    kept = ledger.vault.checked_lines_folder(submission.lines_sha256)
    final = folder_of(home, submission.lines)
    partial = final.with_name(f".{submission.lines}.tmp")
    with naming_the_place("Copying typed lines from the vault", home.lines):
        layout.discard(partial)
        partial.mkdir(parents=True)
        for source in line_files(kept):
            shutil.copyfile(source, partial / source.name)
        layout.discard(final)
        layout.publish_folder(partial, final)
    return final
