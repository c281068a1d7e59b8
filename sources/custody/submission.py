"""A submission: one received file, and the state that the events about it add up to.

Here belongs what each kind of event does to a submission, and nothing is read or written. Not
here: where the events are (``event_chain``), and which submissions there are (``ledger``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sources.custody.events import Event, EventKind
from sources.findings.findings import Finding, Severity, Verdict


class State(StrEnum):
    """Where a submission stands; whether it is superseded follows from the others (R42)."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    HELD = "held"
    BLOCKED = "blocked"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


# Identical bytes are judged as new once what came before is one of these (R12).
LET_GO = frozenset({State.REJECTED, State.WITHDRAWN})
# A verdict that is reached anew when plan, contract or what is in force has changed (R53).
JUDGED_AGAIN = frozenset({State.BLOCKED, State.REFUSED})
# Refusals that may be this machine's doing or ours: such a file is tried once more (F-D11).
TRIED_TWICE = frozenset({"too-slow", "parser-failed", "check-failed"})

_MOMENTS = ("received_at", "judged_at", "accepted_at", "withdrawn_at")


@dataclass(frozen=True)
class Submission:
    """One received file as it stands after the last event about it.

    Attributes:
        submission_id: ``<folder>-<first 16 of the hash>``, with ``-2`` and so on for later
            receipts of the same bytes.
        receipt_seq: The RECEIVED event's number: the order of receipt.
        directorate_code: The landing folder's name; empty for a file that lay in none.
        file_name: As it landed; data only, never a path.
        file_sha256: Of the bytes in the vault; empty when ``not_taken`` says why there are none.
        size: Bytes.
        receipt_no: 1, 2 and so on for the same bytes from the same folder.
        received_at: UTC; the declared time where ``is_receipt_declared`` (R55).
        is_receipt_declared: Whether a history list gave the time.
        not_taken: ``symbolic link`` and the like for what is no plain file; else empty.
        state: Where it stands.
        is_released: Whether a post released it after it was held; it is then judged again.
        refusal_code: Why it was not read as a return; empty otherwise.
        duplicate_of: The submission that has the same bytes; None unless a duplicate.
        financial_year: The reporting year on its Return sheet; None if unknown.
        reporting_period: Likewise.
        version_no: Its number for its directorate, year and period; None if it has none.
        certification: ``Provisional`` or ``Certified`` as accepted (R02); else empty.
        judged_at: When the last verdict was given.
        judged_seq: The event of that verdict; None while it waits for its first.
        accepted_at: When its figures began to be known; None unless it was ever accepted.
        accepted_seq: The event that accepted it.
        withdrawn_at: When it was withdrawn (R54).
        decided_seq: The last event by which a post released, rejected or withdrew it; None if none did.
        fields: The Return sheet's typed values by label, as JSON: dates in ISO, money as text.
        findings: Those of the last verdict.
        rows_read: Data rows of the Savings sheet.
        rows_quarantined: Those of them whose line was not registered then (R33).
        lines: Name of the folder under ``lines/``; None unless accepted or held.
        lines_sha256: The digest of the rows in it.
        contract_version: What the last verdict was given under.
        reference_sha256: Likewise.
        judged_against: The submission then in force for its period; None if there was none.
        failed_tries: How many verdicts in a row were one of ``TRIED_TWICE``.
    """

    submission_id: str
    receipt_seq: int
    directorate_code: str
    file_name: str
    file_sha256: str
    size: int
    receipt_no: int
    received_at: datetime
    is_receipt_declared: bool
    not_taken: str = ""
    state: State = State.WAITING
    is_released: bool = False
    refusal_code: str = ""
    duplicate_of: str | None = None
    financial_year: str | None = None
    reporting_period: str | None = None
    version_no: int | None = None
    certification: str = ""
    judged_at: datetime | None = None
    judged_seq: int | None = None
    accepted_at: datetime | None = None
    accepted_seq: int | None = None
    withdrawn_at: datetime | None = None
    decided_seq: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    rows_read: int = 0
    rows_quarantined: int = 0
    lines: str | None = None
    lines_sha256: str | None = None
    contract_version: str | None = None
    reference_sha256: str | None = None
    judged_against: str | None = None
    failed_tries: int = 0

    @property
    def is_to_be_tried_again(self) -> bool:
        """Whether it was refused for what may have been a busy machine, and for the first time."""
        return self.state is State.REFUSED and self.failed_tries == 1

    @property
    def stem(self) -> str:
        """The part of the id that every receipt of the same bytes from the same folder shares."""
        return self.submission_id.removesuffix(f"-{self.receipt_no}") if self.receipt_no > 1 else self.submission_id

    @property
    def told_seq(self) -> int | None:
        """The event of which its sender was told last: a verdict or a post's decision; None before the first."""
        return max(filter(None, (self.judged_seq, self.decided_seq)), default=None)

    @property
    def reports_for(self) -> str:
        """The directorate whose figures it has: the one on its Return sheet, else the folder's (R23)."""
        return str(self.fields.get("directorate_code") or self.directorate_code)

    def count(self, severity: Severity) -> int:
        """Return how many findings have that severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the submission as the ledger keeps it."""
        document = {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}
        for name in _MOMENTS:
            document[name] = document[name].isoformat() if document[name] else None
        document["findings"] = [finding.as_json() for finding in self.findings]
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Submission:
        """Return the submission that ``as_json`` wrote."""
        values = dict(document)
        for name in _MOMENTS:
            values[name] = datetime.fromisoformat(values[name]) if values[name] else None
        values["state"] = State(values["state"])
        values["findings"] = tuple(map(Finding.from_json, values["findings"]))
        return cls(**values)


def received(event: Event) -> Submission:
    """Return the submission that a RECEIVED event opens."""
    payload = event.payload
    return Submission(
        submission_id=payload["submission_id"],
        receipt_seq=event.seq,
        directorate_code=payload["directorate_code"],
        file_name=payload["file_name"],
        file_sha256=payload["file_sha256"],
        size=payload["size"],
        receipt_no=payload["receipt_no"],
        received_at=event.at,
        is_receipt_declared=payload["is_receipt_declared"],
        not_taken=payload["not_taken"] or "",
    )


def after(submission: Submission, event: Event) -> Submission:
    """Return what an event makes of a submission that was received before.

    Raises:
        ValueError: If events of that kind say nothing about a submission.
    """
    if event.kind is EventKind.JUDGED:
        return _judged(submission, event)
    decided = dataclasses.replace(submission, decided_seq=event.seq)
    if event.kind is EventKind.RELEASED:
        return dataclasses.replace(decided, state=State.WAITING, is_released=True)
    if event.kind is EventKind.REJECTED:
        return dataclasses.replace(decided, state=State.REJECTED)
    if event.kind is EventKind.WITHDRAWN:
        return dataclasses.replace(decided, state=State.WITHDRAWN, withdrawn_at=event.at)
    raise ValueError(f"a {event.kind.value} event says nothing about a submission")


def _judged(submission: Submission, event: Event) -> Submission:
    payload = event.payload
    verdict = Verdict(payload["verdict"])
    is_accepted = verdict is Verdict.ACCEPTED
    return dataclasses.replace(
        submission,
        state=State(verdict.value),
        refusal_code=payload["refusal_code"],
        duplicate_of=payload["duplicate_of"],
        financial_year=payload["fields"].get("reporting_year"),
        reporting_period=payload["fields"].get("reporting_period"),
        version_no=payload["version_no"],
        certification=payload["certification"],
        judged_at=event.at,
        judged_seq=event.seq,
        accepted_at=event.at if is_accepted else None,
        accepted_seq=event.seq if is_accepted else None,
        fields=payload["fields"],
        findings=tuple(map(Finding.from_json, payload["findings"])),
        rows_read=payload["rows_read"],
        rows_quarantined=payload["rows_quarantined"],
        lines=payload["lines"],
        lines_sha256=payload["lines_sha256"],
        contract_version=payload["contract_version"],
        reference_sha256=payload["reference_sha256"],
        judged_against=payload["judged_against"],
        failed_tries=submission.failed_tries + 1 if payload["refusal_code"] in TRIED_TWICE else 0,
    )
