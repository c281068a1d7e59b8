"""Payloads: what each kind of event says, one type per kind.

Here belong the shapes alone; a payload's name is its kind's. Not here: the event around a payload
and its file (``custody.events``), and what a payload does to a submission (``custody.submission``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, PlainSerializer

from sources.findings.findings import Finding, Verdict

# A file says neither more nor less than its type, in JSON's own types.
_CONFIG = ConfigDict(extra="forbid", strict=True)

_Finding = Annotated[
    Finding,
    BeforeValidator(lambda value: Finding.from_json(value) if isinstance(value, dict) else value),
    PlainSerializer(lambda finding: finding.as_json()),
]


@dataclass(frozen=True, kw_only=True)
class Payload:
    """What an event says: JSON values, and types that become such."""

    __pydantic_config__ = _CONFIG


@dataclass(frozen=True, kw_only=True)
class Received(Payload):
    """A file was taken into custody.

    Attributes:
        submission_id: ``<folder>-<first 16 of the hash>``, with ``-2`` and so on for later
            receipts of the same bytes.
        directorate_code: The landing folder's name; empty for a file that lay in none.
        file_name: As it landed; data only, never a path.
        file_sha256: Of the bytes in the vault; empty when ``not_taken`` says why there are none.
        size: Bytes.
        receipt_no: 1, 2 and so on for the same bytes from the same folder.
        is_receipt_declared: Whether a history list gave the time (R55).
        not_taken: ``symbolic link`` and the like for what is no plain file; else empty.
        written_ns: When it was last written to, as its file system had it; None where nobody looked.
    """

    submission_id: str
    directorate_code: str
    file_name: str
    file_sha256: str
    size: int
    receipt_no: int
    is_receipt_declared: bool = False
    not_taken: str = ""
    written_ns: int | None = None


@dataclass(frozen=True, kw_only=True)
class Judged(Payload):
    """A verdict was given on a submission.

    Attributes:
        submission_id: Which.
        verdict: What was decided.
        refusal_code: Why it was not read as a return; empty otherwise.
        duplicate_of: The submission that has the same bytes; None unless a duplicate.
        fields: The Return sheet's typed values by label, private ones included (this is the
            ledger), as JSON: dates in ISO, money as text.
        certification: ``Provisional`` or ``Certified`` as accepted (R02); else empty.
        version_no: Its number for its directorate, year and period; None if it has none.
        findings: What was found.
        rows_read: Data rows of the Savings sheet.
        rows_quarantined: Those of them whose line was not registered then (R33).
        lines: Name of the folder under ``lines/``; None unless accepted or held.
        lines_sha256: The digest of its files, by which the vault keeps them; None likewise.
        sums: Each sum in pounds of its Savings lines, as judged, by column; empty where there are none.
        contract_version: What the verdict was given under.
        reference_sha256: The reference folder that it was given by.
        waiting_reference: The hash of a newer folder that was there and not in force (ruling D-1); empty without one.
        judged_against: The submission then in force for its period; None if there was none.
        overtaken_by: The submission of the same batch that was judged in its place; None unless overtaken.
        overtook: The names of the files of its batch that it was judged in the place of.
    """

    submission_id: str
    verdict: Verdict
    refusal_code: str = ""
    duplicate_of: str | None = None
    fields: Mapping[str, Any]
    certification: str = ""
    version_no: int | None = None
    findings: tuple[_Finding, ...] = ()
    rows_read: int = 0
    rows_quarantined: int = 0
    lines: str | None = None
    lines_sha256: str | None = None
    sums: Mapping[str, str] = field(default_factory=dict)
    contract_version: str
    reference_sha256: str
    waiting_reference: str = ""
    judged_against: str | None = None
    overtaken_by: str | None = None
    overtook: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Signed(Payload):
    """Something that a named post decided.

    Attributes:
        post: As ``post.csv`` names it.
        os_account: The account that ran the command.
        reason: In the post's own words.
    """

    post: str
    os_account: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Decision(Signed):
    """What a named post decided of a submission.

    Attributes:
        submission_id: Which.
    """

    submission_id: str


@dataclass(frozen=True, kw_only=True)
class Released(Decision):
    """A held submission is judged again, and not held by what was shown when it was released (ruling D-2).

    Attributes:
        held_by: The findings that held it, each by rule, sheet, cell and what was entered.
    """

    held_by: tuple[str, ...] = ()


class Rejected(Decision):
    """A held submission is turned away."""


class Withdrawn(Decision):
    """An accepted submission no longer counts (R54)."""


@dataclass(frozen=True, kw_only=True)
class ReferenceAdopted(Payload):
    """A reference folder was put in force.

    Attributes:
        reference_sha256: Its hash, by which the vault keeps it.
        changes: The pounds that it changes, by directorate and plan year, as texts.
        post: Who adopted it; None, as the next two, where a load did by itself.
        os_account: The account that ran the command.
        reason: In the post's own words.
    """

    reference_sha256: str
    changes: Sequence[Mapping[str, str | None]]
    post: str | None = None
    os_account: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class OfRelease(Payload):
    """Something about a release.

    Attributes:
        release_id: Its name.
    """

    release_id: str


@dataclass(frozen=True, kw_only=True)
class Published(OfRelease):
    """A release was published.

    Attributes:
        content_sha256: Of its content, in the order of its keys.
        exact_sha256: Of its content as it is stored.
        manifest_sha256: Of its manifest, which has the hash of every file.
        inputs: What it was made from (``publishing.inputs``).
        evidence_sha256: Of the check results that let it be published.
        version: Its version; empty for a release from before there were any.
        candidate_sha256: Of the candidate's file, of which the next load takes what it need not make again;
            empty likewise.
        folded_sha256: Of the file of what the events came to before, which the next load need not work out again;
            empty where it was not kept.
    """

    content_sha256: str
    exact_sha256: str
    manifest_sha256: str
    inputs: Mapping[str, str]
    evidence_sha256: str
    version: str = ""
    candidate_sha256: str = ""
    folded_sha256: str = ""


class SameContent(Published):
    """A build came to the content of the release in force: there is no new one."""


@dataclass(frozen=True, kw_only=True)
class RolledBack(OfRelease, Signed):
    """Readers were given an earlier release again.

    Attributes:
        from_release_id: What they had before; None if nothing.
    """

    from_release_id: str | None


@dataclass(frozen=True, kw_only=True)
class Tagged(OfRelease, Signed):
    """A release is kept for a report, and waits until another post confirms it (R15, ruling D-3).

    Attributes:
        report_code: The report that prints it.
    """

    report_code: str


@dataclass(frozen=True, kw_only=True)
class Confirmed(OfRelease, Signed):
    """Another post confirmed a tag: the release is what the report has published (ruling D-3).

    Attributes:
        report_code: The report that prints it.
    """

    report_code: str


@dataclass(frozen=True, kw_only=True)
class Reported(OfRelease):
    """A report's documents were written from a release.

    Attributes:
        report_code: The report.
        template_sha256: Of the Word template that they were filled into.
        files: The hash of each document by the name of its file.
    """

    report_code: str
    template_sha256: str
    files: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class RequestRefused(Payload):
    """A decision that another account asked for was not carried out (ruling D-5).

    Attributes:
        os_account: The owner of the request's file.
        request: What was asked for, in words.
        reason: Why it was not done.
    """

    os_account: str
    request: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Waived(Signed):
    """A report may keep a printed figure that does not match (R50).

    Attributes:
        claim: The claim.
        report_code: The report that prints it.
    """

    claim: str
    report_code: str


@dataclass(frozen=True, kw_only=True)
class Overridden(Signed):
    """A content may be published although checks that compare with the current release fail (F-E19).

    Attributes:
        content_sha256: This very content.
        checks: Names of the checks.
    """

    content_sha256: str
    checks: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class NightChecked(Payload):
    """Nothing was new, and somebody looked.

    Attributes:
        release_id: What readers have; None if nothing.
        vault_objects: Received objects that were there in full length.
        rehashed: Those of them whose bytes were hashed again.
    """

    release_id: str | None
    vault_objects: int
    rehashed: int


@dataclass(frozen=True, kw_only=True)
class ClockAccepted(Payload):
    """Somebody says that a clock is right that is far from the last event; the event's time is the clock's.

    Attributes:
        last_event_at: The time of the event before.
    """

    last_event_at: datetime
