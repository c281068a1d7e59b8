"""The lock: one load, or one command that writes events, at a time.

Here belongs the flock on SAVINGS_HOME. The kernel frees it when its holder dies, so there is no
stale lock to clean (F-D20). Who holds it makes files that are private (ruling D-5). Not here: what is
done while it is held.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from sources.home import PRIVATE_FILE, made_privately


class LockBusyError(RuntimeError):
    """Another process holds the lock of this home."""


# A process that holds a lock may take it again: the command line looks, then runs the job.
_held: dict[Path, int] = {}


@contextlib.contextmanager
def hold(lock: Path) -> Iterator[None]:
    """Hold the lock, without waiting for it.

    Raises:
        LockBusyError: If another process holds it.
    """
    if lock in _held:
        _held[lock] += 1
        try:
            yield
        finally:
            _held[lock] -= 1
        return
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        _take(descriptor, lock)
        _held[lock] = 1
        with made_privately():
            yield
    finally:
        _held.pop(lock, None)
        os.close(descriptor)


def _take(descriptor: int, lock: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LockBusyError(
            f"Another load is at work in {lock.parent}. Nothing was done; try again when it has finished."
        ) from error
