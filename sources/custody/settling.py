"""Settling: whether a file that landed is whole, by the best that its file system can say.

Here belong leases, and sightings where leases say nothing. A lease is refused while anybody has the
file open for writing; that can be trusted on a local disk alone. Elsewhere a file is settled when it
was seen in the same state a while before. Times of files are compared with each other, times of
sightings with each other: a share's clock and ours may differ. Not here: opening files
(``custody.landing``), and what is said of those that wait (``custody.survey``).
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Any, NamedTuple

from sources.clock import Clock
from sources.home import write_durably

# What waits for longer is named, and somebody has to see to it.
LONGEST_WAIT = timedelta(hours=1)
# Where a lease is granted or refused for what other processes of this machine do, and no other
# machine can write.
_LOCAL = frozenset(
    {"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "overlay", "ramfs", "tmpfs", "xfs", "zfs"}
)
_MOUNTS = Path("/proc/self/mountinfo")
_MOUNT_ID = re.compile(r"^mnt_id:\s*(\d+)$", re.MULTILINE)


class Lease(Enum):
    """What a read lease says of a file."""

    GRANTED = auto()  # nobody has it open for writing
    REFUSED = auto()  # somebody has
    UNKNOWN = auto()  # it cannot be had here: another owner's file, or a file system without


class State(NamedTuple):
    """What tells one state of a file from another."""

    size: int
    written_ns: int
    changed_ns: int


@dataclass(frozen=True)
class Sighting:
    """A file that was seen and could not be taken yet.

    Attributes:
        state: Size, write time and change time, as the file system gave them.
        seen_at: When it was first seen in this state.
        first_at: When it was first seen waiting, in whatever state.
    """

    state: State
    seen_at: datetime
    first_at: datetime


class Sightings:
    """The files that wait, kept between loads by folder and name; it may be lost, and then they wait once more."""

    def __init__(self, path: Path, clock: Clock, settle: timedelta) -> None:
        self._path = path
        self._now = clock()
        self._settle = settle
        self._before = _read(path)
        self._seen: dict[tuple[str, str], Sighting] = {}

    def is_settled(self, folder: str, name: str, state: State) -> bool:
        """Return whether a file was seen in that state long enough ago; a file that was not is seen now."""
        before = self._before.get((folder, name))
        first_at = min(before.first_at, self._now) if before else self._now
        is_same = before is not None and before.state == state
        # A clock that was ahead when it was seen must not keep it waiting until then.
        seen_at = min(before.seen_at, self._now) if before and is_same else self._now
        self._seen[folder, name] = Sighting(state, seen_at, first_at)
        return is_same and self._now - seen_at >= self._settle

    def is_overdue(self, folder: str, name: str) -> bool:
        """Return whether a file that was seen now has been waiting for too long."""
        seen = self._seen.get((folder, name))
        return seen is not None and self._now - seen.first_at >= LONGEST_WAIT

    def first_seen(self, folder: str, name: str) -> datetime:
        """Return when a file that was seen now was first seen waiting."""
        return self._seen[folder, name].first_at

    def keep(self) -> None:
        """Write down what was seen now; what is gone from landing is forgotten.

        Raises:
            OSError: If it cannot be written.
        """
        if self._seen != self._before:
            rows = [
                [folder, name, *seen.state, seen.seen_at.isoformat(), seen.first_at.isoformat()]
                for (folder, name), seen in sorted(self._seen.items())
            ]
            write_durably(self._path, json.dumps(rows).encode())


def lease_on(descriptor: int) -> Lease:
    """Return whether any process of this machine has the file open for writing."""
    try:
        # Whoever opens it for writing meanwhile waits; we are told by a signal that kills nobody.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return Lease.REFUSED if error.errno == errno.EAGAIN else Lease.UNKNOWN
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return Lease.GRANTED


def file_system_of(descriptor: int) -> str:
    """Return the type of file system that an open file lies on; empty if the system does not say."""
    try:
        found = _MOUNT_ID.search(Path(f"/proc/self/fdinfo/{descriptor}").read_text())
    except OSError:
        return ""
    types = {number: kind for number, _, kind in mounts()}
    return types.get(found[1], "") if found else ""


def mounts() -> Iterator[tuple[str, str, str]]:
    """Yield the number of each mount, its place as the kernel escapes it, and the kind of its file system."""
    try:
        text = os.fsdecode(_MOUNTS.read_bytes())
    except OSError:
        return
    # Only a blank and a line break are escaped in a name: what else divides words or lines is part of it.
    for line in filter(None, text.split("\n")):
        fields = line.split(" ")
        yield fields[0], fields[4], fields[fields.index("-") + 1]


def trusted_lease_on(descriptor: int) -> Lease:
    """Return what a lease says, where it can be believed: no other machine writes to a local disk."""
    return lease_on(descriptor) if file_system_of(descriptor) in _LOCAL else Lease.UNKNOWN


def state_of(found: os.stat_result) -> State:
    """Return the state of a file."""
    return State(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _read(path: Path) -> dict[tuple[str, str], Sighting]:
    """Return the sightings of an earlier look; what cannot be read as such counts as none."""
    try:
        rows: Iterable[Any] = json.loads(path.read_bytes())
        return {(folder, name): _sighting(*rest) for folder, name, *rest in rows}
    except (OSError, ValueError, TypeError):
        return {}


def _sighting(size: int, written_ns: int, changed_ns: int, seen_at: str, first_at: str) -> Sighting:
    return Sighting(
        State(size, written_ns, changed_ns), datetime.fromisoformat(seen_at), datetime.fromisoformat(first_at)
    )
