"""One file that landed, seen as hostile: opened by its folder, never through a link, believed on its descriptor.

Here belongs whether it is a file that may be taken now, and that its bytes did not change while they
were. A file's name is data and never part of a decision. Not here: which files there are
(``custody.landing``), whether it is whole (``custody.settling``), and where it goes then
(``custody.aside``).
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple

from sources.custody.settling import Lease, State, state_of, trusted_lease_on

# Custody copies without reading; a return is under a megabyte, and one file must not fill the disk.
MOST_BYTES_TAKEN = 1 << 30
TOO_BIG = "file of more than 1 GiB"

_LAST_SECOND = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
_KINDS = {
    stat.S_IFLNK: "symbolic link",
    stat.S_IFDIR: "folder",
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}
# Whatever else a file system answers is a matter of this one file, or of its folder.
_OF_THIS_MACHINE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})


class Mark(NamedTuple):
    """What tells one state of one file from another."""

    device: int
    inode: int
    state: State


_NO_MARK = Mark(0, 0, State(0, 0, 0))


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
        microseconds = min(max(self.mark.state.written_ns // 1000, 0), _LAST_SECOND * 10**6)
        return datetime.fromtimestamp(microseconds // 10**6, UTC).replace(microsecond=microseconds % 10**6)


class LeftWaitingError(Exception):
    """It cannot be taken yet: it is still being written, was changed meanwhile, or is not readable."""


class UnreadableError(LeftWaitingError):
    """Its file system does not give it: another program has locked it, or the share or its disk is in trouble."""


class NotAFileError(Exception):
    """It is no plain file that could be taken; its text says what it is instead."""


def as_text(raw_name: str) -> str:
    """Return a file system's name as text that can be stored: bytes that are no UTF-8 are written out."""
    return os.fsencode(raw_name).decode("utf-8", "backslashreplace")


def is_of_this_machine(error: OSError) -> bool:
    """Return whether a failure to open or read says nothing of what was opened, for nothing can be opened now."""
    return error.errno in _OF_THIS_MACHINE


def mark_of(found: os.stat_result) -> Mark:
    """Return the mark of a file."""
    return Mark(found.st_dev, found.st_ino, state_of(found))


def mark_in(folder: int, raw_name: str) -> Mark:
    """Return the mark of a file in a folder; where its file system does not give it, one that no file has.

    Raises:
        FileNotFoundError: If it vanished.
    """
    try:
        return mark_of(os.stat(raw_name, dir_fd=folder, follow_symlinks=False))
    except FileNotFoundError:
        raise
    except OSError as error:
        if is_of_this_machine(error):
            raise
        return _NO_MARK


@contextlib.contextmanager
def open_landed(folder: int, landed: Landed) -> Iterator[BinaryIO]:
    """Yield the bytes of a waiting file; when the block ends they are known not to have changed.

    Raises:
        NotAFileError: If it is a link, a folder, a pipe or the like, or bigger than anything sent.
        UnreadableError: If it cannot be opened, or its bytes not be read within the block.
        LeftWaitingError: If it cannot be taken yet, or was changed within the block.
        FileNotFoundError: If it vanished.
    """
    with _opened(folder, landed) as stream:
        _expect_unchanged(stream.fileno(), landed.mark)
        yield stream
        _expect_unchanged(stream.fileno(), landed.mark)


def lease_of(folder: int, landed: Landed) -> Lease:
    """Return what a lease on a waiting file says, where that can be believed.

    Raises:
        NotAFileError, LeftWaitingError, FileNotFoundError: As ``open_landed`` does.
    """
    with _opened(folder, landed) as stream:
        return trusted_lease_on(stream.fileno())


@contextlib.contextmanager
def _opened(folder: int, landed: Landed) -> Iterator[BinaryIO]:
    try:
        _refuse_all_but_files(os.stat(landed.raw_name, dir_fd=folder, follow_symlinks=False))
        descriptor = os.open(landed.raw_name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        with open(descriptor, "rb") as stream:
            _refuse_all_but_files(os.fstat(descriptor))
            yield stream
    except FileNotFoundError:
        raise
    except OSError as error:
        if is_of_this_machine(error):
            raise
        raise UnreadableError(f"uid {os.geteuid()} cannot read it ({error.strerror})") from error


def _refuse_all_but_files(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise NotAFileError(_KINDS.get(stat.S_IFMT(found.st_mode), "special file"))
    if found.st_nlink != 1 and found.st_uid == os.geteuid():
        # A link to a file of ours: only we may read it, and whoever made the link gets it published.
        raise NotAFileError("hard link")
    if found.st_size > MOST_BYTES_TAKEN:
        raise NotAFileError(TOO_BIG)


def _expect_unchanged(descriptor: int, mark: Mark) -> None:
    if trusted_lease_on(descriptor) is Lease.REFUSED:
        raise LeftWaitingError("it is still being written")
    if mark_of(os.fstat(descriptor)) != mark:
        raise LeftWaitingError("it was changed while it was looked at")
