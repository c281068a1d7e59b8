"""File systems of several kinds, made for a test: a disk of its own, one that is small, a network share.

Here belongs what needs root and a package; a test that asks for what is not here is skipped, plainly.
Doing something in this process's stead under a number that no account has belongs here too. Not here:
accounts with names and programs that they run (``machines``).
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")

# Accounts need no names: the kernel knows numbers alone, and these are nobody's.
SERVICE, SENDER = 61_001, 61_002
_SFTP_SERVER = Path("/usr/lib/openssh/sftp-server")


# FUSE is the kernel's: no package brings it to a machine that has none.
needs_fuse = pytest.mark.skipif(not Path("/dev/fuse").exists(), reason="needs /dev/fuse")


def as_account(uid: int, do: Callable[[], T]) -> T:
    """Do something in a process of another account, and return what came of it.

    Raises:
        AssertionError: With the traceback of what it raised.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(writing, uid, do)
    os.close(writing)
    with open(reading, "rb") as answer:
        data = answer.read()
    os.waitpid(child, 0)
    is_done, value = pickle.loads(data) if data else (False, "the process ended without an answer")  # noqa: S301 - ours
    assert is_done, value
    result: T = value
    return result


def _answer(writing: int, uid: int, do: Callable[[], object]) -> None:
    """Give the child's answer, and end it: nothing of the test runner may run on in it."""
    try:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
        answer = (True, do())
    except BaseException:
        answer = (False, traceback.format_exc())
    with open(writing, "wb") as stream:
        stream.write(pickle.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


@contextlib.contextmanager
def ext4(mountpoint: Path) -> Iterator[Path]:
    """Yield a file system of its own, with the ``lost+found`` that every ext4 has."""
    image = mountpoint.with_suffix(".ext4")
    with image.open("wb") as stream:
        stream.truncate(16 << 20)
    _run("mkfs.ext4", "-q", str(image))
    mountpoint.mkdir()
    with _mounted("mount", "-o", "loop", str(image), str(mountpoint), unmount=["umount", str(mountpoint)]):
        yield mountpoint


@contextlib.contextmanager
def tmpfs(mountpoint: Path, size: str) -> Iterator[Path]:
    """Yield a file system in memory that is full at a size."""
    mountpoint.mkdir()
    options = f"size={size},mode=0755"
    with _mounted("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(mountpoint), unmount=["umount", str(mountpoint)]):
        yield mountpoint


@contextlib.contextmanager
def share(shared: Path, mountpoint: Path) -> Iterator[Path]:
    """Yield a network share of a folder: SFTP over FUSE, without an SSH between the two ends."""
    server = shared.with_suffix(".sh")
    server.write_text(f"#!/bin/sh\nexec {_SFTP_SERVER}\n")
    server.chmod(0o755)
    mountpoint.mkdir()
    fresh = "allow_other,dir_cache=no,attr_timeout=0,entry_timeout=0,negative_timeout=0"
    with _mounted(
        "sshfs",
        "-o",
        f"ssh_command={server},{fresh}",
        f"there:{shared}",
        str(mountpoint),
        unmount=["fusermount3", "-u", str(mountpoint)],
    ):
        yield mountpoint


def lose(mountpoint: Path) -> None:
    """Let a network share be gone: each question about it is answered with an error from now on."""
    connection = os.minor(mountpoint.stat().st_dev)
    with (
        tempfile.TemporaryDirectory() as control,
        _mounted("mount", "-t", "fusectl", "fusectl", control, unmount=["umount", control]),
    ):
        Path(control, str(connection), "abort").write_text("1")


@contextlib.contextmanager
def without_its_bytes(path: Path) -> Iterator[Path]:
    """Let a file be seen and opened, while each of its bytes is answered with an error, as on a broken disk.

    It is this process's memory, which has nothing at its first address.
    """
    with _mounted("mount", "--bind", f"/proc/{os.getpid()}/mem", str(path), unmount=["umount", str(path)]):
        yield path


@contextlib.contextmanager
def _mounted(*mount: str, unmount: list[str]) -> Iterator[None]:
    try:
        _run(*mount)
    except subprocess.CalledProcessError as problem:
        pytest.skip(f"this machine does not let us mount: {problem.stderr.decode().strip()}")
    try:
        yield
    finally:
        _run(*unmount)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
