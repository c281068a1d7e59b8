"""Accounts, groups and mounts of a machine, made for a test and removed after it; root alone can.

Here belongs the making and removing, and running something as somebody else. Not here: what is expected of it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="accounts and mounts are made by root alone")


@dataclass(frozen=True)
class Account:
    """An account that a test made.

    Attributes:
        name: As the kernel's files of accounts have it.
        uid: Its number.
        gid: The number of its own group.
        groups: The numbers of the further groups that it is in.
    """

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...] = ()

    def run(
        self, *arguments: str, environment: Mapping[str, str] | None = None, umask: int = 0o022
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, in the project's folder, whatever comes of it."""
        groups = ",".join(map(str, self.groups))
        become = ("setpriv", f"--reuid={self.uid}", f"--regid={self.gid}")
        become += (f"--groups={groups}",) if groups else ("--clear-groups",)
        with tempfile.TemporaryDirectory() as kept:
            return subprocess.run(
                _found(
                    ("unshare", "--mount", "--", "sh", "-ec", _reachable(kept, umask), "sh", *become, "--", *arguments)
                ),
                env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "COLUMNS": "200", **(environment or {})},
                capture_output=True,
                text=True,
                check=False,
            )

    def python(self, script: str, *arguments: str, umask: int = 0o022) -> subprocess.CompletedProcess[str]:
        """Run a Python script as this account."""
        return self.run(sys.executable, "-c", script, *arguments, umask=umask)

    def savings(
        self, home: Path, *arguments: str, umask: int = 0o022, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the command line as this account on a home."""
        command = (sys.executable, "-c", "from orchestration.cli import main; main()", *arguments)
        return self.run(*command, environment={"SAVINGS_HOME": str(home), **settings}, umask=umask)

    def owns(self, path: Path) -> Path:
        """Give a file or folder, with all in it, to this account; return it."""
        for each in (path, *path.rglob("*")):
            os.chown(each, self.uid, self.gid, follow_symlinks=False)
        return path


def on_a_machine_of_its_own(script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script as root, where what it does to /etc, /usr/local/bin, /opt and /srv ends with it.

    The last two are empty, the umask is a careful administrator's; accounts that it makes are on nobody else's list.
    """
    with tempfile.TemporaryDirectory() as kept:
        lines = [f"mount -t tmpfs -o mode=755 none {kept}"]
        for folder in ("/etc", "/usr/local/bin"):
            lines += [
                f"mkdir -p {kept}{folder}",
                f"cp -a {folder}/. {kept}{folder}",
                f"mount --bind {kept}{folder} {folder}",
            ]
        lines += [f"mount -t tmpfs -o mode=755 none {folder}" for folder in ("/opt", "/srv")]
        whole = "\n".join([*lines, _reachable(kept, 0o077)])
        return subprocess.run(
            _found(("unshare", "--mount", "--", "sh", "-ec", whole, "sh", "sh", "-ec", script)),
            env={"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
            capture_output=True,
            text=True,
            check=False,
        )


@contextlib.contextmanager
def group(name: str = "") -> Iterator[tuple[str, int]]:
    """Make a group, of any name unless one is given; give its name and number."""
    name = name or f"savt{secrets.token_hex(4)}"
    _do("groupadd", "--system", name)
    try:
        yield name, int(_do("getent", "group", name).split(":")[2])
    finally:
        _do("groupdel", name)


@contextlib.contextmanager
def account(*groups: tuple[str, int]) -> Iterator[Account]:
    """Make an account with a group of its own, in further groups."""
    name = f"savt{secrets.token_hex(4)}"
    _do("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name)
    try:
        for each, _ in groups:
            _do("usermod", "--append", "--groups", each, name)
        uid, gid = _do("getent", "passwd", name).split(":")[2:4]
        yield Account(name, int(uid), int(gid), tuple(number for _, number in groups))
    finally:
        _do("userdel", name)


@contextlib.contextmanager
def folder_for_all() -> Iterator[Path]:
    """Make a folder that every account may pass through; pytest's own are root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="savings-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Mount something at a folder: ``mounted(folder, "-t", "tmpfs", "none")``."""
    _do("mount", *options, str(folder))
    try:
        yield folder
    finally:
        _do("umount", "--lazy", str(folder))


def _reachable(kept: str, umask: int) -> str:
    """Return a script that makes Python and the project reachable by every account, for what it then runs alone.

    Root's own folder often holds both and lets nobody through: in a mount namespace of its own an open folder
    with the two in it takes its place.
    """
    needed = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), PROJECT}
    closed = {
        each: next((top for top in reversed(each.parents) if not top.stat().st_mode & 0o001), None) for each in needed
    }
    lines = ["umask 022"]
    for number, (path, top) in enumerate(closed.items()):
        if top:
            lines += [f"mkdir {kept}/{number}", f"mount --bind '{path}' {kept}/{number}"]
    lines += [f"mount -t tmpfs -o mode=755 none '{top}'" for top in sorted({top for top in closed.values() if top})]
    for number, (path, top) in enumerate(closed.items()):
        if top:
            lines += [f"mkdir -p '{path}'", f"mount --bind {kept}/{number} '{path}'"]
    return "\n".join([*lines, f"cd '{PROJECT}'", f"umask {umask:03o}", 'exec "$@"'])


def _do(*command: str) -> str:
    return subprocess.run(_found(command), capture_output=True, text=True, check=True).stdout


def _found(command: Sequence[str]) -> list[str]:
    """Return a command with its program's path: an administrator's programs are not on everybody's."""
    program = shutil.which(command[0], path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    assert program, f"{command[0]} is not installed"
    return [program, *command[1:]]
