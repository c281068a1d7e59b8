"""Landing: what waits there, whether it may be taken yet, and setting aside what was.

Here belong the landing folders, seen as hostile: everything is opened relative to an open folder,
never through a link, and is believed only on the open descriptor. A file's name is data and never
part of a decision. Not here: the bytes' way into the vault (``intake``), and what is in them.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import secrets
import signal
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sources.custody.problems import naming_the_place
from sources.home import GROUP_WRITES, PRIVATE, NoSuchGroupError, open_to

RECEIVED = "received"
# Custody copies without reading; a return is under a megabyte, and one file must not fill the disk.
MOST_BYTES_TAKEN = 1 << 30
TOO_BIG = "file of more than 1 GiB"

_LAST_SECOND = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())

_LONGEST_NAME = 255  # bytes, on every file system in use
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload")
_KINDS = {
    stat.S_IFLNK: "symbolic link",
    stat.S_IFDIR: "folder",
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}

# Not readable by us, or made a link since it was listed: a matter of this one file.
_NOT_YET = frozenset({errno.EACCES, errno.EPERM, errno.ELOOP})

# What tells one state of one file from another: file system, inode, size, time of the last write.
Mark = tuple[int, int, int, int]


@dataclass(frozen=True)
class Landed:
    """Something that waits in landing.

    Attributes:
        folder: The folder's name as the system has it; empty for what lies in none.
        raw_name: The file's name, likewise.
        mark: Its state when it was listed.
    """

    folder: str
    raw_name: str
    mark: Mark

    @property
    def directorate_code(self) -> str:
        """The folder's name as text: who sends."""
        return as_text(self.folder)

    @property
    def name(self) -> str:
        """The file's name as text."""
        return as_text(self.raw_name)

    @property
    def last_written(self) -> datetime:
        """When it was last written to, in UTC; a sender may set it to a year that no calendar has."""
        return datetime.fromtimestamp(min(max(self.mark[3] // 10**9, 0), _LAST_SECOND), UTC)


class LeftWaitingError(Exception):
    """It cannot be taken yet: it is still being written, was changed meanwhile, or is not readable."""


class NotAFileError(Exception):
    """It is no plain file that could be taken; its text says what it is instead."""


def as_text(raw_name: str) -> str:
    """Return a file system's name as text that can be stored: bytes that are no UTF-8 are written out."""
    return os.fsencode(raw_name).decode("utf-8", "backslashreplace")


def natural_order(name: str) -> list[tuple[int, str]]:
    """Return a sort key by which v2 comes before v10."""
    parts = [part for part in re.split(r"([0-9]+)", name.casefold()) if part]
    return [(int(part), "") if part[0] in "0123456789" else (-1, part) for part in parts]


def make_folders(landing: Path, groups: Mapping[str, str | None]) -> list[str]:
    """Make the folder of each directorate that has none, so that nobody has to guess its name.

    One that is there stays as it is: its modes are the operator's.

    Args:
        landing: The landing folder.
        groups: The group that writes in each directorate's folder; None: the service alone.

    Returns:
        A sentence for each group that its folder could not be given to.

    Raises:
        CustodyProblem: If landing cannot be written.
    """
    problems = []
    with naming_the_place("Making the directorates' folders", landing):
        for directorate, group in groups.items():
            folder = landing / directorate
            if os.path.lexists(folder):
                continue
            folder.mkdir(mode=PRIVATE)
            try:
                open_to(folder, group, GROUP_WRITES)
            except NoSuchGroupError as problem:
                problems.append(f"{folder} was made for the service alone. {problem}")
    return problems


def waiting(landing: Path) -> list[Landed]:
    """Return what waits, folder by folder and in natural order of names.

    Left out: what was received, lock and temporary files of office programs and copying programs,
    and everything whose name starts with a full stop.

    Raises:
        OSError: If a folder cannot be read.
    """
    with _open_folder(os.fspath(landing)) as root:
        names = _names(root)
        folders = sorted(name for name in names if _is_folder(root, name))
        found = _listed(root, "", [*{*names} - {*folders}])
        for folder in folders:
            with _open_folder(folder, root) as descriptor:
                found += _listed(descriptor, folder, _names(descriptor))
    return found


@contextlib.contextmanager
def open_folder(landing: Path, folder: str) -> Iterator[int]:
    """Yield a descriptor of one of landing's folders, or of landing itself for the empty name.

    Raises:
        OSError: If it is no folder (any more), or nothing may be moved in it.
    """
    with _open_folder(os.fspath(landing)) as root, _open_folder(folder or ".", root) as descriptor:
        if not os.access(".", os.W_OK | os.X_OK, dir_fd=descriptor, effective_ids=True):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(landing / folder))
        yield descriptor


@contextlib.contextmanager
def open_landed(folder: int, landed: Landed) -> Iterator[BinaryIO]:
    """Yield the bytes of a waiting file; when the block ends they are known not to have changed.

    Raises:
        NotAFileError: If it is a link, a folder, a pipe or the like, or bigger than anything sent.
        LeftWaitingError: If it cannot be taken yet, or was changed within the block.
        FileNotFoundError: If it vanished.
    """
    found = os.stat(landed.raw_name, dir_fd=folder, follow_symlinks=False)
    _refuse_all_but_files(found)
    try:
        descriptor = os.open(landed.raw_name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        if error.errno not in _NOT_YET:
            raise
        raise LeftWaitingError(f"it cannot be opened: {error.strerror} (as uid {os.geteuid()})") from error
    with open(descriptor, "rb") as stream:
        _refuse_all_but_files(os.fstat(descriptor))
        _expect_unchanged(descriptor, landed.mark)
        yield stream
        _expect_unchanged(descriptor, landed.mark)


def set_aside(folder: int, landed: Landed, seq: int) -> None:
    """Move what was received to ``received/<seq>_<name>``, unless something else has its name by now.

    Raises:
        LeftWaitingError: If it is not what was taken any more: it waits again.
        FileNotFoundError: If it vanished.
    """
    with _received_folder(folder) as received:
        name = aside_name(seq, landed.raw_name)
        os.rename(landed.raw_name, name, src_dir_fd=folder, dst_dir_fd=received)
        os.fsync(received)
        os.fsync(folder)
        if _is_still(received, name, landed.mark):
            return
        _put_back(received, name, folder, landed.raw_name)
    raise LeftWaitingError("it was changed while it was taken")


def is_set_aside(folder: int, landed: Landed, seq: int) -> bool:
    """Return whether ``received/<seq>_<name>`` is there."""
    try:
        os.stat(f"{RECEIVED}/{aside_name(seq, landed.raw_name)}", dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    return True


def aside_name(seq: int, raw_name: str) -> str:
    """Return ``<seq>_<name>``, with the middle left out where a file system would refuse its length."""
    prefix = f"{seq:06d}_"
    data = os.fsencode(raw_name)
    room = _LONGEST_NAME - len(prefix)
    if len(data) > room:
        data = data[: room - 20] + data[-20:]
    return prefix + os.fsdecode(data)


@contextlib.contextmanager
def _open_folder(path: str, parent: int | None = None) -> Iterator[int]:
    # Landing itself may be a mount or a link of the operator's; what is in it may not.
    follow = 0 if parent is None else os.O_NOFOLLOW
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | follow, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _names(folder: int) -> list[str]:
    return [name for name in os.listdir(folder) if not _is_left_alone(folder, name)]


def _is_left_alone(folder: int, name: str) -> bool:
    is_unfinished = name.startswith((".", "~$")) or name.lower().endswith(_UNFINISHED)
    return is_unfinished or (name == RECEIVED and _is_folder(folder, name))


def _is_folder(folder: int, name: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _listed(descriptor: int, folder: str, names: list[str]) -> list[Landed]:
    found = []
    for name in sorted(names, key=lambda name: (natural_order(as_text(name)), os.fsencode(name))):
        with contextlib.suppress(FileNotFoundError):
            mark = _mark(os.stat(name, dir_fd=descriptor, follow_symlinks=False))
            found.append(Landed(folder, name, mark))
    return found


def _mark(found: os.stat_result) -> Mark:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _refuse_all_but_files(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise NotAFileError(_KINDS.get(stat.S_IFMT(found.st_mode), "special file"))
    if found.st_nlink != 1:
        # Its bytes may be somebody else's, and may change in a place that nobody looks at.
        raise NotAFileError("hard link")
    if found.st_size > MOST_BYTES_TAKEN:
        raise NotAFileError(TOO_BIG)


def _expect_unchanged(descriptor: int, mark: Mark) -> None:
    if _has_writer(descriptor):
        raise LeftWaitingError("it is still being written")
    if _mark(os.fstat(descriptor)) != mark:
        raise LeftWaitingError("it was changed while it was looked at")


def _has_writer(descriptor: int) -> bool:
    """Return whether any process has the file open for writing.

    A read lease is refused while one has. Where leases cannot be had (another owner's file, a
    network share), size and time of the last write, which ``Mark`` holds, are all there is to
    go by: a copying program that pauses is then not noticed.
    """
    try:
        # Whoever opens it for writing meanwhile waits; we are told by a signal that kills nobody.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


@contextlib.contextmanager
def _received_folder(folder: int) -> Iterator[int]:
    if not _is_folder(folder, RECEIVED):
        # A file or link of that name would send what we move elsewhere: it is a landed one itself.
        with contextlib.suppress(FileNotFoundError):
            os.rename(RECEIVED, f"{secrets.token_hex(4)} {RECEIVED}", src_dir_fd=folder, dst_dir_fd=folder)
        os.mkdir(RECEIVED, dir_fd=folder)
    with _open_folder(RECEIVED, folder) as received:
        yield received


def _is_still(folder: int, name: str, mark: Mark) -> bool:
    """Return whether a file just moved is what was taken, and nobody is writing to it."""
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(found.st_mode):
        return True  # it has no bytes that could be lost
    if _mark(found) != mark:
        return False
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        return not _has_writer(descriptor)
    finally:
        os.close(descriptor)


def _put_back(received: int, name: str, folder: int, raw_name: str) -> None:
    """Let a file wait again, beside whatever has taken its name; a link never replaces one."""
    for wanted in (raw_name, aside_name(secrets.randbelow(10**6), raw_name)):
        with contextlib.suppress(FileExistsError):
            os.link(name, wanted, src_dir_fd=received, dst_dir_fd=folder, follow_symlinks=False)
            os.unlink(name, dir_fd=received)
            return
