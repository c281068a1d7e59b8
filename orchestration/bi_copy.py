"""The copy of the release in force for BI: it follows the pointer at the end of each load, quiet ones too.

Here belongs when it is made, and what is said where it could not be. Not here: making it
(``publishing.postgres``). Light where no database is set: nothing is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.settings import Settings
from sources.home import Home

if TYPE_CHECKING:
    from publishing.postgres import Access

_ATTEMPTS = 2


def follow(settings: Settings) -> list[str]:
    """Let PostgreSQL hold the release in force; return why it does not, in sentences."""
    if not settings.postgres_url:
        return []
    from publishing.postgres import open_to_readers

    return _followed(settings.home, settings.postgres_url, open_to_readers)


def follow_joined(joined: Home, url: str) -> list[str]:
    """Let PostgreSQL hold the joined release in force, each council's rows for itself; return why it does not."""
    if not url:
        return []
    from publishing.councils.postgres import open_by_council

    return _followed(joined, url, open_by_council)


def _followed(home: Home, url: str, access: Access) -> list[str]:
    """Copy what the pointer leads to.

    Readers of the release's own files have it all the same, and the next load or watchdog tries again.
    """
    from publishing.pointer import NoPointerError, current
    from publishing.postgres import CopyFailedError, copy_release

    problem: Exception | None = None
    for _ in range(_ATTEMPTS):
        try:
            release = current(home)
            if release is not None:
                copy_release(release, url, access=access)
            return []
        except (CopyFailedError, NoPointerError, OSError) as found:
            problem = found
    return [f"{' '.join(str(problem).split())} The next load tries again; readers of PostgreSQL keep what they had."]
