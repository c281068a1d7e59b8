"""The first night on the sample returns, as a new user runs it, once for all tests of a run that only read it.

Here belongs that the workers of a run share one night, and what is kept of it beside its home. Not here: nights that a
test does something else with. Whoever changes the home takes a copy.
"""

from __future__ import annotations

import fcntl
from pathlib import Path

from sources.home import Home
from sources.samples.published import SAMPLES
from tests.command_line import savings
from tests.programs import STRACE

SECRET = "canary-5f3a1c"  # noqa: S105 - nobody's password
_TRACED = "trace=fsync,fdatasync,execve,fork,clone"


def first_night(shared: Path) -> Home:
    """Return the home in a folder that the run's workers share; the first that asks runs the night."""
    home = Home.at(shared / "first_night" / "var")
    with (shared / "first_night.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.current.exists():
            _run(home)
    return home


def printed(home: Home) -> str:
    """Return what the night printed."""
    return _printed(home).read_text("utf-8")


def warned(home: Home) -> str:
    """Return what the night and its libraries said on the other channel, every warning included."""
    return _warned(home).read_text("utf-8")


def system_calls(home: Home) -> list[str]:
    """Return the calls of the system that the night made, as strace wrote them: files synced, programs started."""
    return _trace(home).read_text("utf-8", errors="replace").splitlines()


def _run(home: Home) -> None:
    home.root.parent.mkdir(parents=True, exist_ok=True)
    traced = [] if STRACE.find() is None else [STRACE.path, "-f", "-qq", "--seccomp-bpf", "-e", _TRACED, "-o"]
    night = savings(
        home.root,
        *("load", "--history", str(SAMPLES / "history.csv")),
        through=[*traced, str(_trace(home))] if traced else [],
        SOME_PASSWORD=SECRET,
        PYTHONWARNINGS="default",
    )
    assert night.returncode == 0, night.stdout + night.stderr
    _printed(home).write_text(night.stdout, "utf-8")
    _warned(home).write_text(night.stderr, "utf-8")


def _printed(home: Home) -> Path:
    return home.root.with_name("printed")


def _warned(home: Home) -> Path:
    return home.root.with_name("warned")


def _trace(home: Home) -> Path:
    return home.root.with_name("trace")
