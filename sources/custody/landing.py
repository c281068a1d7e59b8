"""Landing: its folders, what waits in each, and whether a folder lets us take anything.

Here belong the landing folders, seen as hostile: everything is opened relative to an open folder and
never through a link. Not here: one file (``custody.landed_file``), whether it is whole
(``custody.settling``), and what is said of a folder that is not as it should be (``custody.survey``).
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from sources.custody.aside import RECEIVED
from sources.custody.landed_file import Landed, as_text, is_of_this_machine, mark_in
from sources.custody.litter import is_litter
from sources.custody.marker import is_trusted_link
from sources.custody.problems import naming_the_place
from sources.home import GROUP_WRITES, PRIVATE, NoSuchGroupError, open_to


class FolderProblemError(Exception):
    """Nothing can be taken from a folder; its text says why, and what to do."""


def natural_order(name: str) -> list[tuple[int, str]]:
    """Return a sort key by which v2 comes before v10."""
    parts = [part for part in re.split(r"([0-9]+)", name.casefold()) if part]
    return [(int(part), "") if part[0] in "0123456789" else (-1, part) for part in parts]


def make_folders(landing: Path, groups: Mapping[str, str | None]) -> None:
    """Make the folder of each directorate that has none, so that nobody has to guess its name.

    One that is there stays as it is: its modes are the operator's. So it is there only once its people can use it,
    and where they cannot be let in (``senders``) a later load makes it.

    Args:
        landing: The landing folder.
        groups: The group that writes in each directorate's folder; None: the service alone.

    Raises:
        CustodyProblem: If landing cannot be written.
    """
    with naming_the_place("Making the directorates' folders", landing):
        # Of a share that is gone the list alone says that it is there, of other capitals the share alone.
        there = set(os.listdir(landing))  # noqa: PTH208 - names
        for directorate, group in groups.items():
            folder, partial = landing / directorate, landing / f".{directorate}.tmp"
            if directorate in there or os.path.lexists(folder):
                continue
            partial.mkdir(mode=PRIVATE, exist_ok=True)
            try:
                open_to(partial, group, GROUP_WRITES)
            except NoSuchGroupError:
                partial.rmdir()
                continue
            except PermissionError:
                pass  # a share that gives nothing away lets people in by rules of its own
            partial.rename(folder)


def waiting(landing: Path) -> list[Landed]:
    """Return what waits, folder by folder and in natural order of names; a folder that cannot be read is left out.

    Raises:
        OSError: If landing itself cannot be read.
    """
    found: list[Landed] = []
    for folder in ("", *folders_of(landing)):
        with contextlib.suppress(FolderProblemError):
            found += listed(landing, folder)
    return found


def folders_of(landing: Path) -> list[str]:
    """Return the names of landing's folders, litter and what was received left out.

    Raises:
        OSError: If landing cannot be read.
    """
    with _open_folder(os.fspath(landing)) as root:
        return sorted(name for name in _names(root) if _is_folder(root, name))


def listed(landing: Path, folder: str) -> Iterator[Landed]:
    """Yield what waits in one of landing's folders, or for the empty name in none, in natural order of names.

    Raises:
        FolderProblemError: If it cannot be read.
    """
    with _opened(landing, folder) as descriptor:
        names = [name for name in _names(descriptor) if folder or not _is_folder(descriptor, name)]
        for name in sorted(names, key=lambda name: (natural_order(as_text(name)), os.fsencode(name))):
            with contextlib.suppress(FileNotFoundError):
                yield Landed(folder, name, mark_in(descriptor, name))


def is_stray(landing: Path, folder: str) -> bool:
    """Return whether a folder that is no directorate's holds anything but litter.

    Raises:
        FolderProblemError: If it cannot be read.
    """
    with _opened(landing, folder) as descriptor:
        return any(not _is_litter(descriptor, name) for name in os.listdir(descriptor))  # noqa: PTH208 - by its descriptor


@contextlib.contextmanager
def open_folder(landing: Path, folder: str) -> Iterator[int]:
    """Yield a descriptor of one of landing's folders, or of landing itself for the empty name.

    Raises:
        FolderProblemError: If it is no folder (any more), what is taken cannot be moved in it, or its file
            system fails within the block.
    """
    with _opened(landing, folder) as descriptor:
        if reason := _why_nothing_can_be_moved(descriptor):
            raise FolderProblemError(
                f"Nothing is taken from {_shown(landing, folder)}: {reason}. Correct that; what lies there stays."
            )
        yield descriptor


@contextlib.contextmanager
def _opened(landing: Path, folder: str) -> Iterator[int]:
    # A share that answers when it is opened may be gone at the next question.
    try:
        with _open_folder(os.fspath(landing)) as root, _open_folder(folder or ".", root) as descriptor:
            yield descriptor
    except OSError as error:
        if is_of_this_machine(error):
            raise
        raise FolderProblemError(
            f"Nothing is taken from {_shown(landing, folder)}: it cannot be read by uid {os.geteuid()}"
            f" ({error.strerror}). Correct that; what lies there stays."
        ) from error


def _why_nothing_can_be_moved(folder: int) -> str:
    """Return why a file that lies in a folder could not be set aside; empty where it can be."""
    found = os.fstat(folder)
    who = f"uid {os.geteuid()}"
    if not _may_write(folder, "."):
        return f"{who} may not move files in it"
    if found.st_mode & stat.S_ISVTX and os.geteuid() not in (0, found.st_uid):
        return f"it has the sticky bit, so that {who} may not move the files of others"
    try:
        received = os.stat(RECEIVED, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return ""
    if not stat.S_ISDIR(received.st_mode):
        return f"'{RECEIVED}' in it is no folder, and what is taken goes there. Rename it"
    return "" if _may_write(folder, RECEIVED) else f"{who} may not write into '{RECEIVED}' in it"


def _may_write(folder: int, name: str) -> bool:
    return os.access(name, os.R_OK | os.W_OK | os.X_OK, dir_fd=folder, effective_ids=True)


@contextlib.contextmanager
def _open_folder(path: str, parent: int | None = None) -> Iterator[int]:
    # Landing itself may be a link, and what is in it if the operator made it (ruling C4).
    is_followed = parent is None or _is_link_of_the_operator(parent, path)
    follow = 0 if is_followed else os.O_NOFOLLOW
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | follow, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _names(folder: int) -> list[str]:
    """Return the names in a folder but for litter and the folder of what was received."""
    return [name for name in os.listdir(folder) if name != RECEIVED and not _is_litter(folder, name)]


def _is_litter(folder: int, name: str) -> bool:
    # What it is is asked of the few alone that its name makes doubtful.
    return is_litter(name) and (is_litter(name, is_folder=True) or not _is_folder(folder, name))


def _is_folder(folder: int, name: str) -> bool:
    is_followed = _is_link_of_the_operator(folder, name)
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=is_followed).st_mode)
    except FileNotFoundError:
        return is_followed  # it leads nowhere: a share that is not mounted, and no file that was sent
    except OSError:
        return True  # a share that is gone: it cannot be opened, and is named for that


def _is_link_of_the_operator(folder: int, name: str) -> bool:
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    return stat.S_ISLNK(found.st_mode) and is_trusted_link(found)


def _shown(landing: Path, folder: str) -> str:
    return f"{landing.name}/{repr(as_text(folder))[1:-1]}" if folder else str(landing)
