"""Many councils in one folder: which of its folders are councils, the night of each, and whether it came.

Here belongs finding them, and running a command of each in a process of its own, so that none
has another's settings, locks or failure. Not here: joining what they have published (``publishing.councils``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from orchestration.alerts.occasions import LONGEST_PAUSE
from orchestration.exit_codes import Exit
from orchestration.settings import environment_of, load_settings
from orchestration.settings_file import NAME, SettingProblemError
from publishing.councils.join import not_joined
from publishing.councils.standing import Council
from sources.home import Home
from sources.reference.whose import COUNCIL_CODE, COUNCIL_NAME, said_of_council

# Where the releases of all councils go: joined from their own, and of one build.
JOINED, BUILT = _OWN = ("joined", "built")
# As long as Dagster lets a run go on.
LONGEST_NIGHT = timedelta(hours=3)
_NO_SETTINGS = f"No {NAME} can be read in it: is it mounted, and was it set up?"
_SAVINGS = "from orchestration.cli import main; main()"


class NoCouncilsError(Exception):
    """A folder has no councils to load or join."""


@dataclass(frozen=True)
class Ended:
    """How a command ended in one council's folder.

    Attributes:
        folder: The council's folder.
        code: What it ended with; None if it was ended for having taken too long.
        said: What it printed.
    """

    folder: str
    code: Exit | None
    said: str


def home_of_all(folder: Path, name: str, readers_group: str | None) -> Home:
    """Return where the releases of all councils of a folder are.

    Args:
        folder: The folder.
        name: ``JOINED`` or ``BUILT``.
        readers_group: The group that reads them.
    """
    return Home.at(folder / name, readers_group=readers_group)


def settings_files(folder: Path) -> list[Path]:
    """Return the settings file of each council that has one.

    Raises:
        NoCouncilsError: If there is none, or one is where the joined release goes.
    """
    found = [path / NAME for path in _folders(folder) if os.access(path / NAME, os.R_OK)]
    if not found:
        raise NoCouncilsError(
            f"No folder in {folder} has a {NAME} that this account may read. Run it as the account that owns the "
            f"councils' homes; `savings init {folder}/NAME` sets a council up."
        )
    for taken in (folder / name / NAME for name in _OWN):
        if taken in found:
            raise NoCouncilsError(f"{taken.parent} is where a release of all goes. Give that council another folder.")
    return found


def councils_of(folder: Path) -> list[Council]:
    """Return the councils of a folder: each of its folders, those too whose settings are not there or cannot be used.

    Raises:
        NoCouncilsError: If none has settings.
    """
    with_settings = settings_files(folder)
    away = _without_settings(folder, with_settings)
    return [*map(_council, with_settings), *(Council(path.name, None, problem=_NO_SETTINGS) for path in away)]


def _folders(folder: Path) -> list[Path]:
    with os.scandir(folder) as found:
        return sorted(Path(each) for each in found if not each.name.startswith(".") and _may_be_folder(each))


def _may_be_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder, or leads somewhere that cannot be looked at: a share that is away."""
    try:
        return entry.is_dir()
    except OSError:
        return True


def _council(file: Path) -> Council:
    name = file.parent.name
    try:
        # Nothing of the environment: one variable would make all of them one council.
        settings = load_settings({}, file=file)
    except SettingProblemError as problem:
        return Council(name, None, problem=" ".join(str(problem).split()))
    code, called = (said_of_council(settings.reference, each) for each in (COUNCIL_CODE, COUNCIL_NAME))
    return Council(name, settings.home, code, called)


def nights(folder: Path, at_once: int) -> Iterator[Ended]:
    """Run the night of each council, some at once; yield how each ended, in the order of the folders.

    Raises:
        NoCouncilsError: If there are none.
    """
    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(partial(_run, "load"), settings_files(folder))


def looks(folder: Path, at_once: int) -> Iterator[Ended]:
    """Let each council's watchdog look, some at once; yield what it ended with, also for a folder without settings.

    Raises:
        NoCouncilsError: If there are none.
    """
    files = settings_files(folder)
    for away in _without_settings(folder, files):
        yield Ended(away.name, Exit.WRONG_USE, _NO_SETTINGS)
    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(partial(_run, "watchdog"), files)


def looks_at_joined(folder: Path, now: datetime) -> Iterator[Ended]:
    """Yield what is to be said of the joined release: whether it lacks what a council published more than a day ago.

    Raises:
        NoCouncilsError: If there are none.
    """
    missed = not_joined(home_of_all(folder, JOINED, None), councils_of(folder), now - LONGEST_PAUSE)
    if missed:
        said = f"The joined release lacks the releases of {', '.join(missed)}. `savings councils join` says why."
        yield Ended(JOINED, Exit.NOT_PUBLISHED, said)


def _without_settings(folder: Path, files: Sequence[Path]) -> list[Path]:
    return [path for path in _folders(folder) if path.name not in _OWN and path / NAME not in files]


def _run(what: str, file: Path) -> Ended:
    # Without the folder that it runs in on the path of modules: what lies there is data.
    command: Sequence[str] = (sys.executable, "-P", "-c", _SAVINGS, what)
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own command
            command,
            cwd=file.parent,
            env=environment_of(file),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=LONGEST_NIGHT.total_seconds(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Ended(file.parent.name, None, f"It took more than {LONGEST_NIGHT} and was ended.")
    return Ended(file.parent.name, _exit_of(done.returncode), done.stdout)


def _exit_of(code: int) -> Exit:
    """Return how a load ended; one that was killed has published nothing."""
    return Exit(code) if code in list(Exit) else Exit.NOT_PUBLISHED
