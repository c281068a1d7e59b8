"""The release's manifest: what is in it, from what it was made, and the hash of every file.

Here belongs the record, reading it, and comparing a release with it. Not here: writing a release
(``release``). Amounts are texts in it, so that no reader makes a float of a pound.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from dbt_project.content import TableFingerprint
from dbt_project.inputs import Inputs
from publishing.in_force import MANIFEST, altered_manifest, recorded_manifest
from sources.custody.ledger import LedgerView

DATABASE = "savings.duckdb"


class ManifestUnreadableError(Exception):
    """A release's manifest is missing or none."""


@dataclass(frozen=True)
class PublishedCheck:
    """A check and what it found, as a reader of the release sees it."""

    name: str
    severity: str
    status: str
    observed: str


@dataclass(frozen=True)
class PublishedSubmission:
    """A submission and its state in this release."""

    submission_id: str
    file_sha256: str
    state: str


@dataclass(frozen=True)
class Manifest:
    """What ``manifest.json`` says.

    Attributes:
        release_id: Name of the release and of its folder.
        content_sha256: Of all published rows without release tables and clock columns: the same
            content gives the same value on any machine.
        exact_sha256: With the clock columns: what the evidence is bound to.
        created_at: When it was published, UTC.
        data_as_at: The latest as-at date of the figures; None when no return is accepted.
        inputs: What it was made from.
        tables: Rows, hash and pounds of each table that is under a hash, by name.
        checks: Every check that was run.
        submissions: Every file received.
        files: SHA-256 of every other file of the release, by its path.
        sizes: How many bytes each of them has.
        version: The contract's number, one for each other content, one for each time that it was written again.
        parts_sha256: Of what made the files from the content.
        council: The council's name; empty where its reference data does not say.
    """

    release_id: str
    content_sha256: str
    exact_sha256: str
    created_at: datetime
    data_as_at: date | None
    inputs: Inputs
    tables: Mapping[str, TableFingerprint]
    checks: tuple[PublishedCheck, ...]
    submissions: tuple[PublishedSubmission, ...]
    files: Mapping[str, str]
    sizes: Mapping[str, int]
    version: str = ""
    parts_sha256: str = ""
    council: str = ""

    @property
    def sha256(self) -> str:
        """Return the hash of the file, which the event of its publishing records."""
        return hashlib.sha256(self.as_bytes()).hexdigest()

    def as_bytes(self) -> bytes:
        """Return the file's bytes: JSON with sorted keys."""
        document = {
            "release_id": self.release_id,
            "version": self.version,
            "council": self.council,
            "content_sha256": self.content_sha256,
            "exact_sha256": self.exact_sha256,
            "created_at": self.created_at.isoformat(),
            "data_as_at": self.data_as_at.isoformat() if self.data_as_at else None,
            "reference_sha256": self.inputs.reference_sha256,
            "code_version": self.inputs.code_sha256,
            "parts_sha256": self.parts_sha256,
            "inputs": self.inputs.as_json(),
            "tables": {name: _table_as_json(table) for name, table in self.tables.items()},
            "checks": [asdict(check) for check in self.checks],
            "submissions": [asdict(submission) for submission in self.submissions],
            "files": dict(self.files),
            "sizes": dict(self.sizes),
        }
        return (json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Manifest:
        """Return the manifest that ``as_bytes`` wrote.

        Raises:
            ManifestUnreadableError: If the bytes are none.
        """
        try:
            document = json.loads(data)
            return cls(
                release_id=document["release_id"],
                content_sha256=document["content_sha256"],
                exact_sha256=document["exact_sha256"],
                created_at=datetime.fromisoformat(document["created_at"]),
                data_as_at=date.fromisoformat(document["data_as_at"]) if document["data_as_at"] else None,
                inputs=Inputs.from_json(document["inputs"]),
                tables={name: _table_from_json(table) for name, table in document["tables"].items()},
                checks=tuple(PublishedCheck(**check) for check in document["checks"]),
                submissions=tuple(PublishedSubmission(**submission) for submission in document["submissions"]),
                files=document["files"],
                sizes=document["sizes"],
                version=document.get("version", ""),
                parts_sha256=document.get("parts_sha256", ""),
                council=document.get("council", ""),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ManifestUnreadableError(f"{MANIFEST} cannot be read: {error}") from error


def _table_as_json(table: TableFingerprint) -> dict[str, Any]:
    return {
        "rows": table.rows,
        "sha256": table.sha256,
        "content_sha256": table.content_sha256,
        "pounds": {column: str(pounds) for column, pounds in table.pounds.items()},
    }


def _table_from_json(data: Mapping[str, Any]) -> TableFingerprint:
    pounds = {column: Decimal(text) for column, text in data["pounds"].items()}
    return TableFingerprint(data["rows"], pounds, data["sha256"], data["content_sha256"])


def read_manifest(release: Path) -> Manifest:
    """Return a release's manifest.

    Raises:
        ManifestUnreadableError: If it is missing or none.
    """
    try:
        return Manifest.from_bytes((release / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise ManifestUnreadableError(f"{release.name} has no {MANIFEST}") from error


def hash_files(release: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a release but its manifest, by path."""
    hashes = {}
    for path in sorted(release.rglob("*")):
        name = path.relative_to(release).as_posix()
        if path.is_file() and name != MANIFEST:
            try:
                with path.open("rb") as stream:
                    hashes[name] = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                error.filename = str(path)  # an error of reading does not say where
                raise
    return hashes


def sizes_of(release: Path) -> dict[str, int]:
    """Return the size of every file of a release but its manifest, by path."""
    files = (path for path in release.rglob("*") if path.is_file())
    return {path.relative_to(release).as_posix(): path.stat().st_size for path in files if path.name != MANIFEST}


def not_as_published(release: Path, ledger: LedgerView) -> list[str]:
    """Return what of a release is not as the event of its publishing says; nothing when all is (ruling E4)."""
    problem = altered_manifest(release, recorded_manifest(ledger, release.name))
    return [problem] if problem else damage(release)


def damage(release: Path) -> list[str]:
    """Return what of a release is not as its manifest says; nothing when all is (F-E05)."""
    try:
        manifest = read_manifest(release)
    except ManifestUnreadableError as error:
        return [str(error)]
    renamed = [] if manifest.release_id == release.name else [f"{release.name} calls itself {manifest.release_id}"]
    try:
        return [*renamed, *_differences(manifest.files, hash_files(release))]
    except OSError as error:
        return [*renamed, f"{error.filename} cannot be read: {error.strerror}"]


def _differences(expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in expected:
            yield f"{name} is not of this release"
        elif found[name] != expected[name]:
            yield f"{name} has been changed since it was published"
