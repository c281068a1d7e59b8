"""Whose a history list is: one that lies in a council's folder is taken into no other council's home.

Here belongs that question alone. Not here: reading the list (``sources.custody.history_list``).
"""

from __future__ import annotations

from pathlib import Path

from orchestration import settings_file
from sources.custody.history_list import HistoryProblem
from sources.reference.whose import COUNCIL_CODE, said_of_council


def expect_own(history: Path, reference: Path) -> None:
    """See that a list is not another council's: what is taken in stays for ever.

    A list that lies in no council's folder is anybody's.

    Args:
        history: The list; the nearest settings file above it says whose it is.
        reference: The reference folder of the home.

    Raises:
        HistoryProblem: If it is another council's.
    """
    file = settings_file.nearest(history.absolute().parent)
    said = settings_file.read(file).get("reference_dir") if file else None
    theirs = said_of_council(Path(str(said.placed)), COUNCIL_CODE) if said else ""
    if theirs and theirs != said_of_council(reference, COUNCIL_CODE):
        whose = f"Its returns are those of the council {theirs}, as {file} says"
        raise HistoryProblem(history, [f"{whose}; this home is another council's ({reference}). Nothing was taken in."])
