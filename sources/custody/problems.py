"""What can go wrong with custody itself: a store that cannot be written, or is not what it was.

Here belong the two errors and their wording. Not here: anything that is wrong with a return
(``findings``), which never raises.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path


class CustodyProblem(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """Something could not be taken into custody, for want of space, permission or a folder."""


class VaultDamaged(Exception):  # noqa: N818 - likewise
    """Something in the vault is missing or is not what was put there.

    Attributes:
        problems: One sentence each, naming the object.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        remedy = "Nothing was changed. Restore it from a backup, then run `savings verify`."
        super().__init__("\n".join([*self.problems, remedy]))


class LedgerAhead(CustodyProblem):
    """The index knows events that the vault no longer has: it is all that is left of them.

    Args:
        ledger: The index.
        known: The last event that it knows.
        kept: The last event that the vault has.
    """

    def __init__(self, ledger: Path, known: int, kept: int) -> None:
        super().__init__(
            f"The vault has lost events: it ends with event {kept}, but the ledger knows {known}. Nothing was "
            "changed. Restore the newest backup of the vault. Only if those events are lost for good: move "
            f"{ledger} to a safe place, then run `savings rebuild`."
        )


@contextlib.contextmanager
def naming_the_place(what: str, place: Path) -> Iterator[None]:
    """Turn a failure to read or write into one that says what stopped, where and as whom.

    Args:
        what: What is being done, as the start of a sentence.
        place: Where, if the error itself does not say.

    Raises:
        CustodyProblem: In place of any OSError, and of SQLite's like.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        named = getattr(error, "filename", None)
        where = Path(os.fsdecode(named)) if isinstance(named, str | bytes) else place
        # The name of a half-written file says nothing to a person, and differs each time: who was told is told again.
        where = where.parent if where.match(".*.tmp") else where
        reason = getattr(error, "strerror", None) or error
        raise CustodyProblem(
            f"{what} stopped: {reason} ({where}, as uid {os.geteuid()}). "
            "Nothing that landed is lost. Make room or mend the permissions, then load again."
        ) from error
