"""Publishing: a candidate with its evidence becomes a release, and readers get it by one rename.

Here belongs the order of the steps, which is what makes a kill at any of them harmless:

1. the evidence is verified against the candidate as it is now, and what the candidate was built
   from against the ledger as it is now; without both nothing is written;
2. the release is written under a hidden name, read back, hashed, made durable;
3. it gets its name by a rename; no event names it yet, so it is rubbish until
4. the event PUBLISHED: the commit;
5. ``current`` moves, by a rename (``pointer.settle`` does it should a crash come between);
6. the oldest releases go.

Not here: the tables' files (``database``), what is made from them (``site``), the manifest's shape
(``manifest``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from dbt_project import candidate as scratch
from dbt_project import origin
from dbt_project.content import Fingerprint, differing, fingerprint
from dbt_project.inputs import Inputs, inputs_in_force
from dbt_project.published import PublishedTable
from expectations.evidence import CheckResult, Evidence, EvidenceRefused, verify
from expectations.lock import LOCK
from publishing import pointer, retention
from publishing.changes import write_changes
from publishing.database import refuse_wal, write_tables
from publishing.difference import NotComparableError, movements
from publishing.in_force import MANIFEST
from publishing.manifest import (
    DATABASE,
    Manifest,
    PublishedCheck,
    PublishedSubmission,
    hash_files,
    not_as_published,
    read_manifest,
    sizes_of,
)
from publishing.overrides import overrides_of, stated
from publishing.reader import connect
from publishing.release_tables import Compared, Council, release_rows
from publishing.tags import confirmed
from publishing.version import next_version
from sources import home as layout
from sources.clock import Clock
from sources.custody.index_check import keep_folded
from sources.custody.ledger import Ledger
from sources.custody.payloads import Published, SameContent
from sources.custody.vault import file_sha256
from sources.home import Home
from sources.reference.whose import COUNCIL_CODE, COUNCIL_NAME

EVIDENCE = "evidence.json"
# Makes a part of a release from the database that lies in its folder.
Part = Callable[[Path], None]


class ReleaseDiffersError(Exception):
    """What was written is not what was checked: the candidate changed, or the disk lies."""


@dataclass(frozen=True)
class Release:
    """What readers have after publishing.

    Attributes:
        folder: The release's folder.
        manifest: What it says of itself.
        is_new: False when the candidate held the same content as the release in force.
    """

    folder: Path
    manifest: Manifest
    is_new: bool

    @property
    def release_id(self) -> str:
        """Return its name."""
        return self.manifest.release_id


@dataclass(frozen=True)
class _Draft:
    """A release about to be written."""

    release_id: str
    version: str
    created_at: datetime
    candidate: Path
    candidate_sha256: str
    before: Path | None
    tables: Sequence[PublishedTable]
    found: Fingerprint
    evidence: Evidence
    checks: Sequence[CheckResult]
    compared: Sequence[Compared]
    inputs: Inputs
    parts: Sequence[Part]
    parts_sha256: str


def publish(
    home: Home,
    *,
    evidence: Evidence,
    tables: Sequence[PublishedTable],
    ledger: Ledger,
    code_sha256: str,
    clock: Clock,
    parts: Sequence[Part] = (),
    parts_sha256: str = "",
    lock: Path = LOCK,
    keep: int = retention.KEPT_RELEASES,
) -> Release:
    """Make the candidate what readers have, if its evidence holds.

    The same content as the release in force makes no new release, but for one that is damaged, or whose
    files would be other ones now: that one is replaced.

    Args:
        home: The warehouse; its candidate is published.
        evidence: What the checks found on it.
        tables: The published tables.
        ledger: Says what is accepted now; where the event goes.
        code_sha256: Of the code of now.
        clock: What tells when.
        parts: What is made from the tables, in order, before readers get any of it.
        parts_sha256: Of what makes them: the same content is published again when it makes other files.
        lock: The list of checks that have to have passed.
        keep: How many releases stay.

    Raises:
        expectations.evidence.EvidenceRefused: If the evidence does not hold for this candidate, or
            the candidate was not built from what there is now.
        dbt_project.origin.OriginUnknown: If the candidate does not say what it was built from.
        publishing.database.WalLeftError: If the candidate was not closed.
        ReleaseDiffersError: If what was written is not what was checked.
    """
    refuse_wal(home.candidate)
    candidate_sha256 = file_sha256(home.candidate)
    inputs = _inputs_of_now(home.candidate, evidence, ledger, code_sha256)
    found = fingerprint(home.candidate, tables)
    overrides = overrides_of(ledger, found.content_sha256)
    verify(evidence, found, lock, overrides)
    in_force = pointer.settle(home, ledger)
    retention.sweep(home, ledger)
    told = partial(_payload, found=found, inputs=inputs, evidence=evidence, candidate_sha256=candidate_sha256)
    if in_force is not None and _holds(in_force, found, parts_sha256, ledger):
        release = Release(in_force, read_manifest(in_force), is_new=False)
        ledger.record(clock, told(SameContent, release, folded_sha256=keep_folded(home)))
    else:
        checks = stated(evidence.checks, overrides)
        compared = _compared(home, ledger, in_force)
        created_at = clock().astimezone(UTC)
        draft = _Draft(
            release_id=_next_id(ledger, created_at, found),
            version=next_version(ledger, found.content_sha256),
            created_at=created_at,
            candidate=home.candidate,
            candidate_sha256=candidate_sha256,
            before=in_force,
            tables=tables,
            found=found,
            evidence=evidence,
            checks=checks,
            compared=compared,
            inputs=inputs,
            parts=parts,
            parts_sha256=parts_sha256,
        )
        release = _write(home, draft)
        ledger.record(clock, told(Published, release, folded_sha256=keep_folded(home)))
        pointer.swap(home, release.release_id)
    retention.prune(home, keep)
    return release


def _inputs_of_now(candidate: Path, evidence: Evidence, ledger: Ledger, code_sha256: str) -> Inputs:
    """Return what the candidate was built from, if that is what was checked and what there is now (ruling E1)."""
    built = origin.read(candidate)
    if built != evidence.inputs:
        raise EvidenceRefused(["the checks were run on a candidate that was built from something else: load again"])
    if changed := inputs_in_force(ledger, code_sha256).changed_since(built):
        raise EvidenceRefused([f"{what} changed after the candidate was loaded: load again" for what in changed])
    return built


def _holds(release: Path, found: Fingerprint, parts_sha256: str, ledger: Ledger) -> bool:
    """Return whether a release is as it was published, and what the candidate would make."""
    if not_as_published(release, ledger):
        return False
    manifest = read_manifest(release)
    return (manifest.content_sha256, manifest.parts_sha256) == (found.content_sha256, parts_sha256)


def _payload(
    payload: type[Published],
    release: Release,
    *,
    found: Fingerprint,
    inputs: Inputs,
    evidence: Evidence,
    candidate_sha256: str,
    folded_sha256: str,
) -> Published:
    return payload(
        release_id=release.release_id,
        content_sha256=found.content_sha256,
        exact_sha256=found.exact_sha256,
        manifest_sha256=release.manifest.sha256,
        inputs=inputs.as_json(),
        evidence_sha256=evidence.sha256,
        version=release.manifest.version,
        candidate_sha256=candidate_sha256,
        folded_sha256=folded_sha256,
    )


def _compared(home: Home, ledger: Ledger, in_force: Path | None) -> list[Compared]:
    """Return what moved against the release in force, and against what each report has published."""
    earlier: list[tuple[str | None, Path]] = [(None, in_force)] if in_force else []
    earlier += [(report, home.releases / release_id) for report, release_id in sorted(confirmed(ledger).items())]
    return [Compared(release.name, report, _movements(release, home.candidate)) for report, release in earlier]


def _movements(release: Path, candidate: Path) -> list[dict[str, object]]:
    try:
        moved: list[dict[str, object]] = movements(release / DATABASE, candidate).to_pylist()
    except NotComparableError as problem:
        # An old contract or a damaged file must not keep tonight's figures back; that it was not compared is said.
        return [{"cause": "not comparable", "reason": str(problem)}]
    return moved


def _next_id(ledger: Ledger, created_at: datetime, found: Fingerprint) -> str:
    number = retention.last_number(ledger) + 1
    return f"R{number:06d}-{created_at:%Y%m%dT%H%M%SZ}-{found.content_sha256[:8]}"


def _write(home: Home, draft: _Draft) -> Release:
    """Write a release under a hidden name, then give it its name; on an error nothing of it stays."""
    partial = home.releases / f".{draft.release_id}.partial"
    final = home.releases / draft.release_id
    try:
        partial.mkdir()
        manifest = _fill(partial, draft)
        layout.publish_folder(partial, final)
    except BaseException:
        layout.discard(partial)
        raise
    return Release(final, manifest, is_new=True)


def _fill(folder: Path, draft: _Draft) -> Manifest:
    with scratch.read(draft.candidate):  # DuckDB opens a file that is open much faster
        data_as_at, submissions = _what_it_covers(draft.candidate)
        council = Council(*(scratch.said_of_council(draft.candidate, name) for name in (COUNCIL_CODE, COUNCIL_NAME)))
    ran = draft.evidence
    rows = release_rows(
        draft.release_id,
        draft.version,
        council,
        draft.created_at,
        data_as_at,
        ran.invocation_id,
        draft.checks,
        draft.compared,
        draft.tables,
    )
    write_tables(folder, draft.candidate, draft.tables, rows)
    if wrong := differing(draft.candidate, folder / DATABASE, draft.tables):
        raise ReleaseDiffersError(f"What was written is not what was checked: {', '.join(wrong)}. Load again.")
    if file_sha256(draft.candidate) != draft.candidate_sha256:
        raise ReleaseDiffersError(f"{draft.candidate.name} was changed while it was published. Load again.")
    (folder / EVIDENCE).write_bytes(ran.as_bytes())
    with connect(folder):
        write_changes(folder, draft.release_id, draft.version, draft.before, draft.compared)
        for write_part in draft.parts:
            write_part(folder)
    manifest = Manifest(
        release_id=draft.release_id,
        content_sha256=draft.found.content_sha256,
        exact_sha256=draft.found.exact_sha256,
        created_at=draft.created_at,
        data_as_at=data_as_at,
        inputs=draft.inputs,
        tables=draft.found.tables,
        checks=tuple(
            PublishedCheck(check.name, check.severity, check.status, check.observed) for check in draft.checks
        ),
        submissions=submissions,
        council=council.name,
        files=hash_files(folder),
        sizes=sizes_of(folder),
        version=draft.version,
        parts_sha256=draft.parts_sha256,
    )
    (folder / MANIFEST).write_bytes(manifest.as_bytes())
    layout.seal(folder)
    return manifest


def _what_it_covers(candidate: Path) -> tuple[date | None, tuple[PublishedSubmission, ...]]:
    """Return the latest as-at date of an accepted return, and every submission with its state."""
    with scratch.read(candidate) as connection:
        latest = connection.execute("select max(as_at_date) from raw.submission where state = 'accepted'").fetchone()
        rows = connection.execute(
            "select submission_id, file_sha256, state from marts.dim_submission order by submission_id"
        ).fetchall()
    return latest[0] if latest else None, tuple(PublishedSubmission(*row) for row in rows)
