"""Events: what happened, each a file of its own in the vault, each holding the hash of the one before.

Here belongs an event's file, to and from JSON. Not here: what each kind says (``custody.payloads``),
writing it once (``custody.event_chain``) and asking about events (``custody.events_asked``).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from sources.custody import payloads
from sources.custody.payloads import Payload


class EventKind(StrEnum):
    """What an event records; ``TYPES`` has the type of each kind's payload."""

    RECEIVED = "received"
    JUDGED = "judged"
    RELEASED = "released"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REFERENCE_ADOPTED = "reference_adopted"
    PUBLISHED = "published"
    SAME_CONTENT = "same_content"
    TAGGED = "tagged"
    CONFIRMED = "confirmed"
    REPORTED = "reported"
    REQUEST_REFUSED = "request_refused"
    WAIVED = "waived"
    OVERRIDDEN = "overridden"
    ROLLED_BACK = "rolled_back"
    NIGHT_CHECKED = "night_checked"
    CLOCK_ACCEPTED = "clock_accepted"


TYPES: dict[EventKind, type[Payload]] = {
    EventKind.RECEIVED: payloads.Received,
    EventKind.JUDGED: payloads.Judged,
    EventKind.RELEASED: payloads.Released,
    EventKind.REJECTED: payloads.Rejected,
    EventKind.WITHDRAWN: payloads.Withdrawn,
    EventKind.REFERENCE_ADOPTED: payloads.ReferenceAdopted,
    EventKind.PUBLISHED: payloads.Published,
    EventKind.SAME_CONTENT: payloads.SameContent,
    EventKind.TAGGED: payloads.Tagged,
    EventKind.CONFIRMED: payloads.Confirmed,
    EventKind.REPORTED: payloads.Reported,
    EventKind.REQUEST_REFUSED: payloads.RequestRefused,
    EventKind.WAIVED: payloads.Waived,
    EventKind.OVERRIDDEN: payloads.Overridden,
    EventKind.ROLLED_BACK: payloads.RolledBack,
    EventKind.NIGHT_CHECKED: payloads.NightChecked,
    EventKind.CLOCK_ACCEPTED: payloads.ClockAccepted,
}
_KINDS = {payload: kind for kind, payload in TYPES.items()}

P_co = TypeVar("P_co", bound=Payload, covariant=True)


@dataclass(frozen=True)
class Event(Generic[P_co]):
    """One thing that happened.

    Attributes:
        seq: 1, 2, 3 and so on without a gap: the order of everything.
        at: When, in UTC; never before the event before it (R55), but for a clock that was accepted.
        payload: What; its type is the event's kind.
        previous_sha256: Hash of the file of event ``seq`` - 1; empty for the first.
        sha256: Hash of its own file, as it was read; empty before it is written.
    """

    seq: int
    at: datetime
    payload: P_co
    previous_sha256: str
    sha256: str = ""

    @property
    def kind(self) -> EventKind:
        """Return what kind of thing happened."""
        return kind_of(type(self.payload))

    def as_bytes(self) -> bytes:
        """Return the event's file: JSON with sorted keys, so that its hash is one."""
        document = {
            "seq": self.seq,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "kind": self.kind.value,
            "payload": payload_as_json(self.payload),
            "previous_sha256": self.previous_sha256,
        }
        return (json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Event[Payload]:
        """Return the event that ``as_bytes`` wrote, maybe that of an earlier version, with the hash of these bytes.

        Raises:
            ValueError: If the bytes are no event, or one whose payload is not its kind's.
        """
        try:
            document = json.loads(data)
            return Event(
                seq=document["seq"],
                at=datetime.fromisoformat(document["at"]),
                payload=_payload(EventKind(document["kind"]), document["payload"]),
                previous_sha256=document["previous_sha256"],
                sha256=hashlib.sha256(data).hexdigest(),
            )
        except (KeyError, TypeError, UnicodeDecodeError) as error:
            raise ValueError(f"not an event: {error}") from error


def kind_of(payload: type[Payload]) -> EventKind:
    """Return the kind of event that says such a payload."""
    return _KINDS[payload]


def payload_as_json(payload: Payload) -> dict[str, Any]:
    """Return what an event says as its file has it."""
    document: dict[str, Any] = _adapter(kind_of(type(payload))).dump_python(payload, mode="json")
    return document


def _payload(kind: EventKind, document: Any) -> Payload:  # noqa: ANN401 - whatever JSON holds
    try:
        # As JSON: only so does "strict" take a list for a tuple and a text for an enumeration.
        payload: Payload = _adapter(kind).validate_json(json.dumps(document))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"not a {kind.value} event of this version: {place}: {first['msg']}") from error
    return payload


@cache
def _adapter(kind: EventKind) -> TypeAdapter[Any]:
    return TypeAdapter(TYPES[kind])
