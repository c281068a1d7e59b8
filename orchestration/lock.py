"""The lock: one load, or one command that writes events, at a time.

Here belongs the flock on SAVINGS_HOME. The kernel frees it when its holder dies, so there is no
stale lock to clean (F-D20). Who holds it makes files that are private (ruling D-5). Not here: what is
done while it is held.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from sources.home import PRIVATE_FILE, made_privately


class LockBusyError(RuntimeError):
    """Another process, or another thread of this one, holds the lock of this home."""


# The flock is the process's, and Dagster looks for its schedule and its sensors from threads of one: whose turn it is.
_turns: dict[Path, threading.RLock] = {}
# A thread that holds a lock may take it again: the command line looks, then runs the job.
_held: set[Path] = set()


@contextlib.contextmanager
def hold(lock: Path, patience: float = 0) -> Iterator[None]:
    """Hold the lock.

    Args:
        lock: The file.
        patience: How many seconds another thread of this process is waited for; another process never is.

    Raises:
        LockBusyError: If another process or thread holds it.
    """
    turn = _turns.setdefault(lock, threading.RLock())
    if not turn.acquire(timeout=patience):
        raise _busy(lock)
    try:
        with contextlib.nullcontext() if lock in _held else _flocked(lock):
            yield
    finally:
        turn.release()


@contextlib.contextmanager
def _flocked(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        _take(descriptor, lock)
        _held.add(lock)
        with made_privately():
            yield
    finally:
        _held.discard(lock)
        os.close(descriptor)


def _take(descriptor: int, lock: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _busy(lock) from error


def _busy(lock: Path) -> LockBusyError:
    return LockBusyError(f"Another load is at work in {lock.parent}. Nothing was done; try again when it has finished.")
