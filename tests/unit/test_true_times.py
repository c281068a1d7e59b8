"""Times rise with the numbers of events, whatever the clock did and whoever accepted it (ruling C9)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sources.custody.events import Event
from sources.custody.payloads import ClockAccepted
from sources.custody.true_times import TrueTimes
from tests.homes import NOON


def accepted(seq: int, days: int) -> Event[ClockAccepted]:
    return Event(seq, NOON() + timedelta(days=days), ClockAccepted(last_event_at=NOON()), "")


def test_what_a_clock_recorded_that_was_years_ahead_was_known_before_it_was_set_right():
    times = TrueTimes([accepted(5, days=1)])
    assert times.of(3, NOON()) == NOON()
    assert times.of(4, NOON() + timedelta(days=3650)) == NOON() + timedelta(days=1) - timedelta(microseconds=1)
    assert times.of(6, NOON() + timedelta(days=2)) == NOON() + timedelta(days=2)


@given(st.lists(st.tuples(st.booleans(), st.integers(-4000, 4000)), min_size=2, max_size=12))
def test_true_times_rise_and_are_never_later_than_recorded(course: list[tuple[bool, int]]):
    last, recorded = NOON(), []
    for seq, (is_accepted, days) in enumerate(course, start=1):
        moment = NOON() + timedelta(days=days)
        last = moment if is_accepted else max(moment, last + timedelta(microseconds=1))
        recorded.append((seq, is_accepted, last))
    times = TrueTimes([Event(seq, at, ClockAccepted(last_event_at=at), "") for seq, is_one, at in recorded if is_one])
    true = [times.of(seq, at) for seq, _, at in recorded]
    assert all(earlier < later for earlier, later in pairwise(true))
    assert all(mine <= at for mine, (_, _, at) in zip(true, recorded, strict=True))
