"""Events: what happened, each a file of its own in the vault, each holding the hash of the one before.

Here belongs the shape of an event and of its payload. Not here: writing them (``vault``) and
asking about them (``ledger``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What an event records, with the keys of its payload.

    RECEIVED: submission_id, directorate_code (the folder; empty for a file in none), file_name,
        file_sha256, size, receipt_no (1, 2, ... for the same bytes from the same folder),
        is_receipt_declared, not_taken (``symbolic link``, ``folder`` and the like for what is no
        plain file: then there are no bytes and file_sha256 is empty; else null).
    JUDGED: submission_id, verdict, refusal_code, duplicate_of (for a duplicate), fields (the
        Return sheet's typed values, private ones included: this is the ledger), certification,
        version_no (null when the period is not known), findings, rows_read, rows_quarantined,
        lines (the folder under ``lines/``, null unless accepted or held), lines_sha256 (the
        digest of its rows, null likewise), contract_version, reference_sha256, judged_against
        (the submission in force then, or null).
    RELEASED, REJECTED (of a held one), WITHDRAWN: submission_id, post, os_account, reason.
    REFERENCE_ADOPTED: reference_sha256, changes (in pounds), post, os_account, reason (null, all three,
        where a load adopted the folder by itself).
    PUBLISHED, SAME_CONTENT: release_id, content_sha256, exact_sha256, inputs, evidence_sha256.
    TAGGED: release_id, report_code, post, os_account, reason.
    WAIVED: claim, report_code, post, os_account, reason.
    OVERRIDDEN: content_sha256, checks (names of checks that compare with the current release and
        may fail on this very content), post, os_account, reason.
    ROLLED_BACK: release_id, from_release_id, os_account, reason.
    NIGHT_CHECKED: release_id, inputs, vault_objects, rehashed.
    """

    RECEIVED = "received"
    JUDGED = "judged"
    RELEASED = "released"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REFERENCE_ADOPTED = "reference_adopted"
    PUBLISHED = "published"
    SAME_CONTENT = "same_content"
    TAGGED = "tagged"
    WAIVED = "waived"
    OVERRIDDEN = "overridden"
    ROLLED_BACK = "rolled_back"
    NIGHT_CHECKED = "night_checked"


# What a named post decides of a submission.
DECISIONS = frozenset({EventKind.RELEASED, EventKind.REJECTED, EventKind.WITHDRAWN})


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    Attributes:
        seq: 1, 2, 3 and so on without a gap: the order of everything.
        at: When, in UTC; never before the event before it (R55).
        kind: What.
        payload: JSON values, as ``EventKind`` lists them.
        previous_sha256: Hash of the file of event ``seq`` - 1; empty for the first.
    """

    seq: int
    at: datetime
    kind: EventKind
    payload: Mapping[str, Any]
    previous_sha256: str

    def as_bytes(self) -> bytes:
        """Return the event's file: JSON with sorted keys, so that its hash is one."""
        document = {
            "seq": self.seq,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "kind": self.kind.value,
            "payload": self.payload,
            "previous_sha256": self.previous_sha256,
        }
        return (json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()

    @property
    def sha256(self) -> str:
        """Return the hash of the event's file."""
        return hashlib.sha256(self.as_bytes()).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes) -> Event:
        """Return the event that ``as_bytes`` wrote.

        Raises:
            ValueError: If the bytes are no event.
        """
        try:
            document = json.loads(data)
            return cls(
                seq=document["seq"],
                at=datetime.fromisoformat(document["at"]),
                kind=EventKind(document["kind"]),
                payload=document["payload"],
                previous_sha256=document["previous_sha256"],
            )
        except (KeyError, TypeError, UnicodeDecodeError) as error:
            raise ValueError(f"not an event: {error}") from error
