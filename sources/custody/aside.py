"""Setting aside: what was taken goes to ``received/``, if it still is what was taken.

Here belongs the move, and putting back what turned out to be another file. Not here: taking
(``custody.reception``), and opening (``custody.landed_file``).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator

from sources.custody.landed_file import Landed, LeftWaitingError, mark_of
from sources.custody.settling import Lease, trusted_lease_on

RECEIVED = "received"
_LONGEST_NAME = 255  # bytes, on every file system in use


def set_aside(folder: int, landed: Landed, seq: int) -> None:
    """Move what was received to ``received/<seq>_<name>``, unless something else has its place by now.

    After a restore numbers come again, and what lies there under one may be all that is left of a lost event.

    Raises:
        LeftWaitingError: If it is not what was taken any more: it waits again.
        FileNotFoundError: If it vanished.
    """
    if mark_of(os.stat(landed.raw_name, dir_fd=folder, follow_symlinks=False)) != landed.mark:
        raise LeftWaitingError("it was changed after it was taken")
    with _received_folder(folder) as received:
        name = _free_name(received, seq, landed.raw_name)
        os.rename(landed.raw_name, name, src_dir_fd=folder, dst_dir_fd=received)
        os.fsync(received)
        os.fsync(folder)
        if _is_still(received, name, landed):
            return
        _put_back(received, name, folder, landed.raw_name)
    raise LeftWaitingError("it was changed while it was taken")


def aside_name(seq: int, raw_name: str) -> str:
    """Return ``<seq>_<name>``, with the middle left out where a file system would refuse its length."""
    prefix = f"{seq:06d}_"
    data = os.fsencode(raw_name)
    room = _LONGEST_NAME - len(prefix)
    if len(data) > room:
        data = data[: room - 20] + data[-20:]
    return prefix + os.fsdecode(data)


def _free_name(received: int, seq: int, raw_name: str) -> str:
    name = aside_name(seq, raw_name)
    while _is_there(received, name):
        name = aside_name(seq, f"{_any_number()}_{raw_name}")
    return name


def _is_there(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _any_number() -> int:
    return secrets.randbelow(10**6)


@contextlib.contextmanager
def _received_folder(folder: int) -> Iterator[int]:
    with contextlib.suppress(FileExistsError):
        os.mkdir(RECEIVED, dir_fd=folder)
    # A file or link of that name would send what we move elsewhere.
    received = os.open(RECEIVED, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=folder)
    try:
        yield received
    finally:
        os.close(received)


def _is_still(folder: int, name: str, landed: Landed) -> bool:
    """Return whether a file just moved is what was taken, and nobody is writing to it.

    The move itself changes its change time, and on some shares its number.
    """
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(found.st_mode):
        return True  # it has no bytes that could be lost
    if (found.st_size, found.st_mtime_ns) != landed.mark.state[:2]:
        return False
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        return trusted_lease_on(descriptor) is not Lease.REFUSED
    finally:
        os.close(descriptor)


def _put_back(received: int, name: str, folder: int, raw_name: str) -> None:
    """Let a file wait again, beside whatever has taken its name."""
    for wanted in (raw_name, aside_name(_any_number(), raw_name)):
        with contextlib.suppress(FileExistsError):
            _move_to_a_free_name(received, name, folder, wanted)
            return


def _move_to_a_free_name(received: int, name: str, folder: int, wanted: str) -> None:
    """Move a file without replacing one.

    Raises:
        FileExistsError: If the name is taken.
    """
    try:
        os.link(name, wanted, src_dir_fd=received, dst_dir_fd=folder, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        # No hard links here: a share, or a file of another owner. A look and a move are all there is.
        if _is_there(folder, wanted):
            raise FileExistsError(wanted) from None
        os.rename(name, wanted, src_dir_fd=received, dst_dir_fd=folder)
    else:
        os.unlink(name, dir_fd=received)
