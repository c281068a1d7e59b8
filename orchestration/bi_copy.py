"""The copy of the release in force for BI: it follows the pointer at the end of each load, quiet ones too.

Here belongs when it is made, and what is said where it could not be. Not here: making it
(``publishing.postgres``). Light where no database is set: nothing is imported.
"""

from __future__ import annotations

from orchestration.settings import Settings

_ATTEMPTS = 2


def follow(settings: Settings) -> list[str]:
    """Let PostgreSQL hold the release in force; return why it does not, in sentences.

    Readers of the release's own files have it all the same, and the next load or watchdog tries again.
    """
    if not settings.postgres_url:
        return []
    from publishing.pointer import NoPointerError, current
    from publishing.postgres import CopyFailedError, copy_release

    problem: Exception | None = None
    for _ in range(_ATTEMPTS):
        try:
            release = current(settings.home)
            if release is not None:
                copy_release(release, settings.postgres_url)
            return []
        except (CopyFailedError, NoPointerError, OSError) as found:
            problem = found
    return [f"{' '.join(str(problem).split())} The next load tries again; readers of PostgreSQL keep what they had."]
