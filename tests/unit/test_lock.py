"""One load at a time, and no lock that outlives its holder."""

from __future__ import annotations

import fcntl
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from orchestration.lock import LockBusyError, hold
from sources.home import made_privately


def test_a_lock_that_another_process_holds_is_busy(tmp_path: Path) -> None:
    """F-D18."""
    lock = tmp_path / "lock"
    with lock.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(LockBusyError, match="Another load is at work"), hold(lock):
            pytest.fail("the lock was given twice")


def test_a_process_may_take_its_own_lock_again_and_keeps_it_until_the_last(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with hold(lock):
        with hold(lock):
            assert not _is_free(lock)
        assert not _is_free(lock)
    assert _is_free(lock)


def test_a_lock_that_another_thread_holds_is_busy_and_stays_its_own(tmp_path: Path) -> None:
    """F-D18: Dagster looks for its schedule and its sensors from threads of one process."""
    lock = tmp_path / "lock"
    with ThreadPoolExecutor(1) as another:
        with hold(lock):
            with pytest.raises(LockBusyError, match="Another load is at work"):
                another.submit(_take, lock).result()
            assert not _is_free(lock)
        assert another.submit(_take, lock).result()
    assert _is_free(lock)


def test_a_thread_that_takes_what_another_leaves_holds_it_to_its_own_end(tmp_path: Path) -> None:
    """F-D18: the look at landing ends while the night is at work."""
    lock, may_end = tmp_path / "lock", threading.Event()

    def night() -> None:
        with hold(lock, patience=60):
            held.set()
            assert may_end.wait(60)

    held = threading.Event()
    with ThreadPoolExecutor(1) as another:
        with hold(lock):
            at_work = another.submit(night)
        assert held.wait(60)
        assert not _is_free(lock)
        may_end.set()
        at_work.result()
    assert _is_free(lock)


def test_what_is_made_is_private_until_the_last_thread_has_ended() -> None:
    """Ruling D-5: the umask is the process's, and locks overlap in any order."""
    found = os.umask(0o022)
    try:
        with ExitStack() as first, ExitStack() as second:
            first.enter_context(made_privately())
            second.enter_context(made_privately())
            first.close()
            assert _umask() == 0o077
        assert _umask() == 0o022
    finally:
        os.umask(found)


def test_an_error_while_it_is_held_frees_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with pytest.raises(ValueError, match="broken"), hold(lock):
        raise ValueError("broken")
    assert _is_free(lock)


def _take(lock: Path) -> bool:
    with hold(lock):
        return not _is_free(lock)


def _umask() -> int:
    found = os.umask(0o077)
    os.umask(found)
    return found


def _is_free(lock: Path) -> bool:
    with lock.open("w") as other:
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
