"""Refused requests: which become an event, and so an alert, and which are only counted.

Here belongs how often an account is told of: anybody may leave a file, and must fill neither ledger nor mail. Not
here: why a request is refused (``requested``), and the alert (``alerts.occasions``).

Source: ruling D-5.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cached_property

from sources.clock import LONDON, Clock
from sources.custody.ledger import Ledger
from sources.custody.payloads import RequestRefused
from sources.home import NAMELESS


class Refusals:
    """What one load refuses.

    What a post's account leaves is told of each time, also what cannot be read: it has a name, and means a decision.
    Of every other account the first of a day is: whoever means well learns why, and a flood writes one event.

    Attributes:
        recorded: A sentence for each that was recorded.
    """

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self.recorded: list[str] = []
        self._counted: Counter[str] = Counter()

    def add(self, refused: RequestRefused, *, is_of_a_post: bool) -> None:
        """Record a refusal, or count it.

        Raises:
            CustodyProblem: If the event cannot be written.
        """
        who = _counted_as(refused.os_account)
        if not is_of_a_post and who in self._told_today:
            self._counted[who] += 1
            return
        self._ledger.record(self._clock, refused)
        self._told_today.add(who)
        self.recorded.append(f"{refused.os_account} asked for: {refused.request}. It was refused: {refused.reason}")

    @property
    def counted(self) -> list[str]:
        """A sentence for each account of which more were refused than were recorded."""
        return [
            f"{many} more files of {who} were refused: of an account that no post has, the first of a day is told of."
            for who, many in sorted(self._counted.items())
        ]

    @cached_property
    def _told_today(self) -> set[str]:
        today = self._day()
        events = self._ledger.events_of(RequestRefused)
        return {
            _counted_as(event.payload.os_account) for event in events if event.at.astimezone(LONDON).date() == today
        }

    def _day(self) -> date:
        return self._clock().astimezone(LONDON).date()


def _counted_as(os_account: str) -> str:
    """Return whom an account counts as: those without a name are one, as who may map user ids has thousands."""
    return "accounts without a name" if os_account.startswith(NAMELESS) else os_account
