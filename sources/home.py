"""The layout of SAVINGS_HOME and the two ways of writing into it that survive a power cut.

Here belongs where things lie and how a file gets there durably. Not here: what is in the files,
and the environment (``orchestration.settings`` reads it and makes a a home).
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Every path of one warehouse.

    Attributes:
        root: SAVINGS_HOME.
        landing: Where directorates drop files, one folder each; inside ``root`` unless
            SAVINGS_LANDING_DIR says otherwise.
    """

    root: Path
    landing: Path

    @classmethod
    def at(cls, root: Path, landing: Path | None = None) -> Home:
        """Return the home at ``root``, with its own landing folder unless another is given."""
        root = Path(root).absolute()
        return cls(root=root, landing=Path(landing).absolute() if landing else root / "landing")

    @property
    def vault(self) -> Path:
        """Received bytes by hash, events, reference folders: enough to rebuild all the rest."""
        return self.root / "vault"

    @property
    def events(self) -> Path:
        """One file an event, ``<seq>.json``."""
        return self.vault / "events"

    @property
    def reference_store(self) -> Path:
        """Each reference folder that was ever in force, by hash."""
        return self.vault / "reference"

    @property
    def ledger(self) -> Path:
        """The index of the events."""
        return self.root / "ledger.sqlite"

    @property
    def lines(self) -> Path:
        """Typed lines, one folder a submission."""
        return self.root / "lines"

    @property
    def receipts(self) -> Path:
        """What the senders get, one folder a directorate."""
        return self.root / "receipts"

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
    def current(self) -> Path:
        """The pointer that readers follow."""
        return self.root / "current"

    def create(self) -> None:
        """Make the folders that every command may rely on; existing ones are left alone."""
        for folder in (
            self.landing,
            self.events,
            self.reference_store,
            self.lines,
            self.receipts,
            self.build,
            self.outbox,
            self.dagster,
            self.releases,
        ):
            folder.mkdir(parents=True, exist_ok=True)


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


def write_durably(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that after a crash it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(partial, "wb") as stream:
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
