"""The layout of SAVINGS_HOME, who may see what of it, and the two ways of writing into it that survive a power cut.

Here belongs where things lie, under which modes, and how a file gets there durably. Not here: what is in
the files, and the environment (``orchestration.settings`` reads it and makes a home). Modes are set,
never left to the umask of whoever runs a command (ruling D-5).
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# The service alone.
PRIVATE = 0o700
PRIVATE_FILE = 0o600
SEALED_FILE = 0o440
_READ_BY_OTHERS = 0o044
# Passed through by all, listed by none but the service.
PASSED_THROUGH = 0o711
# Anybody may put a file in; nobody but the service may list, and none may remove another's. What is
# made in it belongs to the service's group, so that its maker can let the service alone read it.
LETTER_BOX = 0o3733
# Read by a group, to which all that is made below belongs.
GROUP_READS = 0o2750
GROUP_WRITES = 0o2770
# How an account begins that the machine has no name for; a name has no space.
NAMELESS = "uid "


class NoSuchGroupError(Exception):
    """A group that is to read something is not there, or the service is not in it."""


@dataclass(frozen=True)
class Home:
    """Every path of one warehouse.

    Attributes:
        root: SAVINGS_HOME.
        landing: Where directorates drop files, one folder each; inside ``root`` unless
            SAVINGS_LANDING_DIR says otherwise.
        readers_group: The group that reads releases; none where only the service does.
    """

    root: Path
    landing: Path
    readers_group: str | None = None

    @classmethod
    def at(cls, root: Path, landing: Path | None = None, readers_group: str | None = None) -> Home:
        """Return the home at ``root``, with its own landing folder unless another is given."""
        root = Path(root).absolute()
        return cls(root, Path(landing).absolute() if landing else root / "landing", readers_group)

    @property
    def vault(self) -> Path:
        """Received bytes by hash, events, reference folders: enough to rebuild all the rest."""
        return self.root / "vault"

    @property
    def identity(self) -> Path:
        """The home's id, and which landing folders carry it."""
        return self.vault / "home.json"

    @property
    def events(self) -> Path:
        """One file an event, ``<seq>.json``."""
        return self.vault / "events"

    @property
    def reference_store(self) -> Path:
        """Each reference folder that was ever in force, by hash."""
        return self.vault / "reference"

    @property
    def line_store(self) -> Path:
        """The typed lines of each return that had any, by their digest."""
        return self.vault / "lines"

    @property
    def ledger(self) -> Path:
        """The index of the events."""
        return self.root / "ledger.sqlite"

    @property
    def lines(self) -> Path:
        """Typed lines, one folder a submission."""
        return self.root / "lines"

    @property
    def desk(self) -> Path:
        """What the senders read, one folder per directorate: its page, its workbooks, its receipts."""
        return self.root / "desk"

    @property
    def decisions(self) -> Path:
        """Where posts put what they decide, each under their own account."""
        return self.root / "decisions"

    @property
    def begun(self) -> Path:
        """What of it a load has begun to deal with, out of everybody's reach."""
        return self.root / "begun"

    @property
    def build(self) -> Path:
        """Scratch: thrown away at the start of each build."""
        return self.root / "build"

    @property
    def candidate(self) -> Path:
        """The warehouse being built."""
        return self.build / "candidate.duckdb"

    @property
    def evidence(self) -> Path:
        """The check results bound to the candidate."""
        return self.build / "evidence.json"

    @property
    def folded(self) -> Path:
        """What the events came to at the last publishing, as an index (``custody.index_check``)."""
        return self.build / "folded.sqlite"

    @property
    def sightings(self) -> Path:
        """When each file that waits in landing was seen, and in what state."""
        return self.build / "sightings.json"

    @property
    def unmoved(self) -> Path:
        """Which files of landing a load could not read, or took and could not move."""
        return self.build / "unmoved.json"

    @property
    def failed_load(self) -> Path:
        """How the last load that failed ended, or that one has begun; worthless after a good end."""
        return self.build / "failed_load.json"

    @property
    def outbox(self) -> Path:
        """Alerts not yet sent."""
        return self.root / "outbox"

    @property
    def logs(self) -> Path:
        """Traces of what stopped a command and was not foreseen; made when there is one."""
        return self.root / "logs"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME."""
        return self.root / "dagster"

    @property
    def lock(self) -> Path:
        """The file whose flock one load holds."""
        return self.root / "lock"

    @property
    def releases(self) -> Path:
        """Published releases, one folder each, written once."""
        return self.root / "releases"

    @property
    def reports(self) -> Path:
        """The documents of reports, one folder per report and release, written once."""
        return self.root / "reports"

    @property
    def current(self) -> Path:
        """The pointer that readers follow."""
        return self.root / "current"

    @property
    def private_folders(self) -> tuple[Path, ...]:
        """The folders that nobody but the service sees."""
        own = (self.vault, self.events, self.reference_store, self.line_store, self.lines)
        return (*own, self.begun, self.build, self.outbox, self.dagster, self.logs)

    def create(self) -> None:
        """Make the folders that every command may rely on, and give each the mode that it has to have.

        A landing folder that is there is left as it is: it may be a share.

        Raises:
            NoSuchGroupError: If the readers' group is not there, or the service is not in it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        set_mode(self.root, PASSED_THROUGH)
        for folder in self.private_folders:
            folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            set_mode(folder, PRIVATE)
        self.desk.mkdir(mode=PRIVATE, exist_ok=True)
        set_mode(self.desk, PASSED_THROUGH)
        self.decisions.mkdir(mode=PRIVATE, exist_ok=True)
        set_mode(self.decisions, LETTER_BOX)
        for folder in (self.releases, self.reports):
            folder.mkdir(mode=PRIVATE, exist_ok=True)
            open_to(folder, self.readers_group)
        # A share that is not mounted, or gone, may not say that it is there: who reads its marker asks for it (C4).
        if not os.access(self.landing, os.F_OK):
            with contextlib.suppress(FileExistsError):
                self.landing.mkdir(mode=PRIVATE, parents=True)
                set_mode(self.landing, PASSED_THROUGH)


def set_mode(path: Path, mode: int) -> None:
    """Give a file or folder a mode, if it has another."""
    if stat.S_IMODE(path.stat().st_mode) != mode:
        path.chmod(mode)


def open_to(folder: Path, group: str | None, mode: int = GROUP_READS) -> None:
    """Let a group into a folder and what will be made in it; none: the service alone.

    Raises:
        NoSuchGroupError: If there is no such group, or the service is not in it.
    """
    if group is None:
        set_mode(folder, PRIVATE)
        return
    try:
        gid = grp.getgrnam(group).gr_gid
        if folder.stat().st_gid != gid:
            os.chown(folder, -1, gid)
    except (KeyError, PermissionError) as error:
        if problem := group_problem(group):
            raise NoSuchGroupError(" ".join(problem)) from error
        raise
    set_mode(folder, mode)


def group_problem(group: str) -> tuple[str, str] | None:
    """Return why the service cannot give a group what it makes, and how to correct it; None if it can."""
    joined = f"usermod -aG {group} {account_of(os.geteuid())}; then start the service again."
    try:
        gid = grp.getgrnam(group).gr_gid
    except KeyError:
        return f"There is no group '{group}'.", f"As root: groupadd {group}; {joined}"
    if os.geteuid() != 0 and gid not in {os.getegid(), *os.getgroups()}:
        return f"The service is not in the group '{group}'.", f"As root: {joined}"
    return None


def account_of(uid: int) -> str:
    """Return an account's name, or ``uid 1234`` where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"{NAMELESS}{uid}"


_umask = threading.Lock()
_umasks_found: list[int] = []


@contextlib.contextmanager
def made_privately() -> Iterator[None]:
    """Let what this process makes meanwhile be the service's alone, whatever umask it was started under.

    The umask is the process's: of several threads, the last to end gives back what the first found.
    """
    with _umask:
        _umasks_found.append(os.umask(0o077))
    try:
        yield
    finally:
        with _umask:
            found = _umasks_found.pop()
            if not _umasks_found:
                os.umask(found)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make the bytes of a file that somebody else has written durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, to be seen by whoever sees the folder that it is made in."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=PRIVATE, exist_ok=True)
    set_mode(folder, stat.S_IMODE(folder.parent.stat().st_mode))


def seal(folder: Path) -> None:
    """Let nobody write what is in a finished folder, its owner included; it is seen as the folder above it is."""
    mode = stat.S_IMODE(folder.parent.stat().st_mode)
    for path in (folder, *folder.rglob("*")):
        set_mode(path, mode if path.is_dir() else SEALED_FILE)


def partial_of(path: Path) -> Path:
    """Return where this thread, and no other of this machine, writes what will be at ``path``."""
    return path.with_name(f".{path.name}.{threading.get_native_id()}.tmp")


def write_durably(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that after a crash it is there whole or not at all.

    It is read by whoever reads the folder that it is in.
    """
    make_folder(path.parent)
    partial = partial_of(path)
    try:
        with open(partial, "wb") as stream:
            os.fchmod(stream.fileno(), PRIVATE_FILE | (path.parent.stat().st_mode & _READ_BY_OTHERS))
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()
        raise
    sync_folder(path.parent)


def publish_folder(partial: Path, final: Path) -> None:
    """Move a finished folder to its final name, durably: readers see all of it or nothing.

    Raises:
        FileExistsError: If ``final`` exists: a folder is written once.
    """
    if final.exists():
        raise FileExistsError(f"{final} exists: a folder is written once")
    for path in sorted(partial.rglob("*")):
        sync_folder(path) if path.is_dir() else sync_file(path)
    sync_folder(partial)
    final.parent.mkdir(parents=True, exist_ok=True)
    partial.rename(final)
    sync_folder(final.parent)


def discard(path: Path) -> None:
    """Remove a scratch file or folder if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
