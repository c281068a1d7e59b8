"""Homes for tests of custody: a fresh one, and the short way to let something happen in it.

Here belongs what records events as reception and intake would, without files in landing and
without reading any. Not here: anything to assert.
"""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sources.clock import Clock, fixed_clock
from sources.custody.events import TYPES, EventKind
from sources.custody.ledger import Ledger
from sources.custody.marker import establish
from sources.custody.payloads import Confirmed, Judged, NightChecked, Published, Tagged
from sources.custody.reception import receipt_payload
from sources.custody.submission import JudgedSubmission, Submission
from sources.findings.findings import Finding, Verdict
from sources.home import Home
from sources.template.declaration import CONTRACT_VERSION

NOON = fixed_clock(datetime(2021, 10, 12, 12, tzinfo=UTC))
REFERENCE = "a" * 64
# What an event says of a post that adopted a folder which a load may not.
SIGNED = {"post": "Section 151 officer", "os_account": "s151", "reason": "The plan was decided by the Cabinet."}


def fresh_home(root: Path) -> Home:
    """Return a home that nothing has happened in."""
    home = Home.at(root)
    home.create()
    establish(home)
    return home


def tree_of(root: Path) -> dict[str, tuple[int, int, str]]:
    """Return mode, time of last write and content of all that is below a root: what a look must not change."""
    found = {}
    for path in sorted(root.rglob("*")):
        state = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[path.relative_to(root).as_posix()] = (state.st_mode, state.st_mtime_ns, content)
    return found


def drop(home: Home, folder: str, name: str, data: bytes = b"a return") -> Path:
    """Put a file into a landing folder, as a directorate does."""
    path = home.landing / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def send(
    ledger: Ledger, folder: str = "AH", data: bytes = b"a return", name: str = "return.xlsx", clock: Clock = NOON
) -> Submission:
    """Let bytes be received from a folder."""
    stored = ledger.vault.store(io.BytesIO(data))
    event = ledger.record(clock, receipt_payload(ledger, folder, name, stored))
    return ledger.submission(event.payload.submission_id)


def decide(
    ledger: Ledger,
    submission: Submission,
    verdict: str,
    year: str | None = "2021/22",
    period: str | None = "P06",
    findings: tuple[Finding, ...] = (),
    clock: Clock = NOON,
    **payload: Any,
) -> JudgedSubmission:
    """Let a submission be judged; whatever of the payload is not given is as usual."""
    fields = {"reporting_year": year, "reporting_period": period} if year and period else {}
    has_version = year and period and verdict in ("accepted", "held", "blocked")
    in_force = ledger.in_force(submission.directorate_code, year, period) if year and period else None
    usual = {
        "submission_id": submission.submission_id,
        "verdict": Verdict(verdict),
        "refusal_code": "zip-corrupt" if verdict == "refused" else "",
        "fields": fields | payload.pop("fields", {}),
        "certification": "Provisional" if verdict == "accepted" else "",
        "version_no": ledger.next_version(submission.directorate_code, year, period) if has_version else None,
        "findings": findings,
        "contract_version": CONTRACT_VERSION,
        "reference_sha256": REFERENCE,
        "judged_against": in_force.submission_id if in_force else None,
    }
    ledger.record(clock, Judged(**usual | payload))
    return ledger.judged_submission(submission.submission_id)


def withdraw(
    ledger: Ledger, submission: Submission, kind: EventKind = EventKind.WITHDRAWN, clock: Clock = NOON
) -> JudgedSubmission:
    """Let a named post withdraw a submission, or release or reject it."""
    ledger.record(clock, TYPES[kind](submission_id=submission.submission_id, **SIGNED))  # type: ignore[call-arg]
    return ledger.judged_submission(submission.submission_id)


def checked() -> NightChecked:
    """Return what an event says of a night on which nothing was new."""
    return NightChecked(release_id=None, vault_objects=0, rehashed=0)


def published(release_id: str, payload: type[Published] = Published) -> Published:
    """Return what an event says of a release, whatever is in it."""
    return payload(
        release_id=release_id, content_sha256="", exact_sha256="", inputs={}, evidence_sha256="", manifest_sha256=""
    )


def confirmed(release_id: str, report_code: str = "CAB-2021-11-08") -> Confirmed:
    """Return what an event says of a tag that another post confirmed."""
    return Confirmed(release_id=release_id, report_code=report_code, **SIGNED)


def tagged(release_id: str, report_code: str = "CAB-2021-11-08") -> Tagged:
    """Return what an event says of a release that was frozen for a report."""
    return Tagged(release_id=release_id, report_code=report_code, **SIGNED)
