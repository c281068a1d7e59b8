"""The vault: received bytes, events and reference folders, from which all the rest can be rebuilt.

Here belongs custody: how bytes get in durably and are never written again, what was in force is
kept, and damage is found. Not here: the files of the events (``event_chain``), what lands and
whether it may be taken yet (``landing``), and who holds the lock that makes this process the one
writer (``orchestration``).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from sources import home as layout
from sources.custody.event_chain import EventChain
from sources.custody.payloads import Judged, Received, ReferenceAdopted
from sources.custody.problems import CustodyProblem, VaultDamaged, naming_the_place
from sources.home import Home
from sources.lines.line_digest import line_files, lines_sha256
from sources.reference.folder_contract import REFERENCE_FILES
from sources.reference.folder_hash import reference_sha256

CHUNK_BYTES = 1 << 20
# The nightly look re-hashes a thirtieth: damage is red within a month, and the look stays short.
NIGHTS_TO_REHASH_ALL = 30


@dataclass(frozen=True)
class Stored:
    """Bytes that are in the vault: their hash and how many they are."""

    sha256: str
    size: int


@dataclass(frozen=True)
class VaultReport:
    """What a verification looked at and found sound.

    Attributes:
        events: Events whose chain was followed.
        objects: Received objects that are there in full length.
        rehashed: Those of them whose bytes were hashed again.
    """

    events: int
    objects: int
    rehashed: int


def share_of_night(night: date) -> tuple[int, int]:
    """Return the share that a night re-hashes, for ``Vault.verify``; each comes round in its turn."""
    return night.toordinal() % NIGHTS_TO_REHASH_ALL, NIGHTS_TO_REHASH_ALL


def file_sha256(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _SourceError(Exception):
    """Carries what a stream said when it was read, past what is said of the vault."""

    def __init__(self, said: OSError) -> None:
        super().__init__(str(said))
        self.said = said


class Vault(EventChain):
    """The vault of one home: its chain of events, and the bytes and folders that they name."""

    def __init__(self, home: Home) -> None:
        super().__init__(home.events)
        self._root = home.vault
        self._references = home.reference_store
        self._lines = home.line_store

    def path_of(self, sha256: str) -> Path:
        """Return where the bytes of that hash lie, or would."""
        return self._root / sha256[:2] / sha256

    def store(self, source: BinaryIO) -> Stored:
        """Copy a stream into the vault; after a crash it is there whole or not at all.

        Raises:
            CustodyProblem: If it cannot be written; then nothing of it stays.
            OSError: If the stream cannot be read; likewise.
        """
        try:
            return self._stored(source)
        except _SourceError as error:
            raise error.said from error

    def _stored(self, source: BinaryIO) -> Stored:
        with naming_the_place("Taking a file into the vault", self._root):
            partial = self._root / f".incoming.{os.getpid()}.tmp"
            try:
                stored = _copy(source, partial)
                final = self.path_of(stored.sha256)
                _make_folder(final.parent)
                partial.rename(final)
            finally:
                layout.discard(partial)
            layout.sync_folder(final.parent)
        return stored

    def checked_path_of(self, sha256: str) -> Path:
        """Return where the bytes of that hash lie, having hashed them again.

        Raises:
            VaultDamaged: If they are missing or altered.
        """
        if problem := self._object_problem(sha256, is_rehashed=True):
            raise VaultDamaged([problem])
        return self.path_of(sha256)

    def reference_folder(self, sha256: str) -> Path:
        """Return where the reference folder of that hash is kept, or would be."""
        return self._references / sha256

    def checked_reference_folder(self, sha256: str) -> Path:
        """Return where the reference folder of that hash is kept, having hashed it again.

        Raises:
            VaultDamaged: If it is missing or altered.
        """
        if problem := self._reference_problem(sha256, is_rehashed=True):
            raise VaultDamaged([problem])
        return self.reference_folder(sha256)

    def keep_reference(self, folder: Path, sha256: str) -> None:
        """Keep a copy of a reference folder's files under contract; one that is kept stays as it is.

        Raises:
            CustodyProblem: If it cannot be written, or was changed since ``sha256`` was taken.
        """
        final = self.reference_folder(sha256)
        if final.exists():
            return
        partial = final.with_name(f".{sha256}.tmp")
        with naming_the_place("Keeping the reference folder", self._references):
            layout.discard(partial)
            partial.mkdir(parents=True)
            for file in REFERENCE_FILES:
                source = folder / f"{file.name}.csv"
                if source.is_file():
                    shutil.copyfile(source, partial / source.name)
            if reference_sha256(partial) != sha256:
                layout.discard(partial)
                raise CustodyProblem(f"The reference folder {folder} was changed while it was read. Load again.")
            layout.publish_folder(partial, final)

    def lines_folder(self, sha256: str) -> Path:
        """Return where the typed lines of that digest are kept, or would be."""
        return self._lines / sha256

    def keep_lines(self, folder: Path) -> str:
        """Keep a copy of a folder of typed lines, and return its digest (ruling E2).

        Raises:
            CustodyProblem: If it cannot be written.
        """
        with naming_the_place("Keeping typed lines", self._lines):
            sha256 = lines_sha256(folder)
            final = self.lines_folder(sha256)
            if self._lines_problem(sha256, is_rehashed=True):
                partial = final.with_name(f".{sha256}.tmp")
                layout.discard(partial)
                partial.mkdir(parents=True)
                for source in line_files(folder):
                    shutil.copyfile(source, partial / source.name)
                layout.discard(final)
                layout.publish_folder(partial, final)
        return sha256

    def checked_lines_folder(self, sha256: str) -> Path:
        """Return where the typed lines of that digest are kept, having hashed them again.

        Raises:
            VaultDamaged: If they are missing or altered.
        """
        if problem := self._lines_problem(sha256, is_rehashed=True):
            raise VaultDamaged([problem])
        return self.lines_folder(sha256)

    def discard_partial_files(self) -> None:
        """Remove what a killed run left half-written; only the one writer may."""
        for folder in (self._root, self._folder, self._references, self._lines):
            for partial in folder.glob(".*.tmp"):
                layout.discard(partial)

    def verify(self, share: tuple[int, int] | None = None) -> VaultReport:
        """Follow the whole chain, look at every object and folder, and hash a share of them again.

        Args:
            share: (k, n) hashes each whose number modulo n is k; None hashes all.

        Raises:
            VaultDamaged: Listing everything that is missing or altered.
        """
        sizes: dict[str, int] = {}
        references: set[str] = set()
        lines: set[str] = set()
        problems: list[str] = []
        count = 0
        try:
            for event in self.events():
                count = event.seq
                said = event.payload
                if isinstance(said, Received) and said.file_sha256:
                    sizes[said.file_sha256] = said.size
                elif isinstance(said, Judged) and said.lines_sha256:
                    lines.add(said.lines_sha256)
                elif isinstance(said, ReferenceAdopted):
                    references.add(said.reference_sha256)
        except VaultDamaged as damage:
            problems += damage.problems
        due = {sha256 for sha256 in (*sizes, *references, *lines) if _is_in(share, sha256)}
        problems += [self._object_problem(sha256, sha256 in due, size) for sha256, size in sorted(sizes.items())]
        problems += [self._reference_problem(sha256, sha256 in due) for sha256 in sorted(references)]
        problems += [self._lines_problem(sha256, sha256 in due) for sha256 in sorted(lines)]
        if found := [problem for problem in problems if problem]:
            raise VaultDamaged(found)
        return VaultReport(events=count, objects=len(sizes), rehashed=len(due & sizes.keys()))

    def _object_problem(self, sha256: str, is_rehashed: bool, size: int | None = None) -> str:
        path = self.path_of(sha256)
        try:
            found = path.stat().st_size
            if size is not None and found != size:
                return f"Object {sha256} has {found} bytes, not the {size} that were received ({path})"
            if is_rehashed and file_sha256(path) != sha256:
                return f"Object {sha256} was altered: its bytes no longer have that hash ({path})"
        except FileNotFoundError:
            return f"Object {sha256} is missing ({path})"
        except OSError as error:
            return f"Object {sha256} cannot be read: {error.strerror} ({path})"
        return ""

    def _reference_problem(self, sha256: str, is_rehashed: bool) -> str:
        folder = self.reference_folder(sha256)
        try:
            if not folder.is_dir():
                return f"Reference folder {sha256} is missing ({folder})"
            if is_rehashed and reference_sha256(folder) != sha256:
                return f"Reference folder {sha256} was altered ({folder})"
        except OSError as error:
            return f"Reference folder {sha256} cannot be read: {error.strerror} ({folder})"
        return ""

    def _lines_problem(self, sha256: str, is_rehashed: bool) -> str:
        folder = self.lines_folder(sha256)
        try:
            if not all(path.is_file() for path in line_files(folder)):
                return f"Typed lines {sha256} are missing ({folder})"
            if is_rehashed and lines_sha256(folder) != sha256:
                return f"Typed lines {sha256} were altered ({folder})"
        except OSError as error:
            return f"Typed lines {sha256} cannot be read: {error.strerror} ({folder})"
        return ""


def _is_in(share: tuple[int, int] | None, sha256: str) -> bool:
    return share is None or int(sha256[:16], 16) % share[1] == share[0]


def _copy(source: BinaryIO, partial: Path) -> Stored:
    digest = hashlib.sha256()
    size = 0
    # Read-only from the start: what was received is never written again.
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o440)
    with open(descriptor, "wb") as stream:
        while chunk := _read(source):
            digest.update(chunk)
            size += len(chunk)
            stream.write(chunk)
        stream.flush()
        os.fsync(stream.fileno())
    return Stored(digest.hexdigest(), size)


def _read(source: BinaryIO) -> bytes:
    try:
        return source.read(CHUNK_BYTES)
    except OSError as error:
        raise _SourceError(error) from error


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        layout.sync_folder(folder.parent)
