"""Times of events under a clock that was wrong and has been set right: none is later than what followed.

Here belongs what "as known at" goes by (ruling C9): the order of events is by number, and after
``--accept-clock`` their recorded times may fall. Whatever was recorded under the wrong clock happened
before the event that accepted the right one. Not here: the events themselves, which are never
changed, and whether a clock is believed (``custody.clock_check``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sources.custody.events import Event
from sources.custody.ledger import LedgerView
from sources.custody.payloads import ClockAccepted, Payload
from sources.custody.submission import AcceptedSubmission, JudgedSubmission

_TICK = timedelta(microseconds=1)

P = TypeVar("P", bound=Payload)


def judged_at_true_times(ledger: LedgerView) -> list[JudgedSubmission]:
    """Return every submission that a verdict was given on with its true times, in order of receipt."""
    accepted = ledger.events_of(ClockAccepted)
    return [TrueTimes(accepted).of_judged(each) for each in ledger.judged()] if accepted else ledger.judged()


class TrueTimes:
    """Times that rise with the numbers of their events; those of a clock that never fell stay as they are.

    Args:
        accepted: Every event that says that a clock is right.
    """

    def __init__(self, accepted: Sequence[Event[ClockAccepted]]) -> None:
        self._accepted = accepted

    def of(self, seq: int, at: datetime) -> datetime:
        """Return when the event of that number happened at the latest."""
        return min((at, *(later.at - (later.seq - seq) * _TICK for later in self._accepted if later.seq > seq)))

    def of_event(self, event: Event[P]) -> Event[P]:
        """Return an event with its true time."""
        return dataclasses.replace(event, at=self.of(event.seq, event.at))

    def of_judged(self, submission: JudgedSubmission) -> JudgedSubmission:
        """Return a submission that has a verdict with its true times."""
        told = dataclasses.replace(
            submission,
            received_at=self.of(submission.receipt_seq, submission.received_at),
            judged_at=self.of(submission.judged_seq, submission.judged_at),
        )
        if isinstance(told, AcceptedSubmission) and told.withdrawn_at and told.decided_seq:
            return dataclasses.replace(told, withdrawn_at=self.of(told.decided_seq, told.withdrawn_at))
        return told
