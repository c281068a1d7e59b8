"""One load at a time, and no lock that outlives its holder."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from orchestration.lock import LockBusyError, hold


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


def test_an_error_while_it_is_held_frees_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with pytest.raises(ValueError, match="broken"), hold(lock):
        raise ValueError("broken")
    assert _is_free(lock)


def _is_free(lock: Path) -> bool:
    with lock.open("w") as other:
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
