"""A clock that is hard to believe stops a load, and what somebody accepts is an event (ruling C9)."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from sources.clock import fixed_clock
from sources.custody.clock_check import ClockProblem, check_clock
from sources.custody.landing import waiting
from sources.custody.ledger import Ledger
from sources.custody.payloads import ClockAccepted
from tests.homes import NOON, checked, drop, fresh_home


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home):
    with Ledger.open(home) as opened:
        yield opened


def check(home, ledger, *, is_accepted=False, **away):
    check_clock(ledger, fixed_clock(NOON() + timedelta(**away)), waiting(home.landing), is_accepted=is_accepted)


def test_a_home_without_events_believes_every_clock(home, ledger):
    # Ruling C9.
    check(home, ledger, days=4000)
    check(home, ledger, days=-4000)


@pytest.mark.parametrize("away", [{"days": 35}, {"hours": -1}, {"minutes": 1}])
def test_a_clock_within_reason_is_believed(home, ledger, away):
    ledger.record(NOON, checked())
    check(home, ledger, **away)
    assert ledger.last_seq() == 1


@pytest.mark.parametrize("away", [{"days": 35, "minutes": 1}, {"hours": -1, "minutes": -1}])
def test_a_clock_far_from_the_last_event_stops_and_names_the_times(home, ledger, away):
    # Ruling C9, F-D24.
    ledger.record(NOON, checked())
    with pytest.raises(ClockProblem, match=r"last event of this home is of 12/10/2021 12:00 UTC.*--accept-clock"):
        check(home, ledger, **away)
    assert ledger.last_seq() == 1


def test_a_file_that_was_written_lately_bears_the_clock_out(home, ledger):
    # Ruling C9: nobody ran a load for months, and a sender's clock shows the same time.
    ledger.record(NOON, checked())
    path = drop(home, "AH", "a.xlsx")
    written = (NOON() + timedelta(days=80)).timestamp()
    os.utime(path, (written, written))
    check(home, ledger, days=90)
    os.utime(path, (0, 0))
    with pytest.raises(ClockProblem, match="newest file in landing of 01/01/1970 00:00 UTC"):
        check(home, ledger, days=90)


def test_an_accepted_clock_is_an_event_from_which_on_times_are_true_again(home, ledger):
    # Ruling C9: a night under a clock that was years ahead, then the right time.
    ledger.record(NOON, checked())
    check(home, ledger, is_accepted=True, days=3650)
    ledger.record(fixed_clock(NOON() + timedelta(days=3650)), checked())
    check(home, ledger, is_accepted=True, days=1)
    after = ledger.record(fixed_clock(NOON() + timedelta(days=2)), checked())
    assert after.at == NOON() + timedelta(days=2)
    ahead, back = ledger.events_of(ClockAccepted)
    assert (ahead.payload.last_event_at, back.at) == (NOON(), NOON() + timedelta(days=1))
    assert [event.seq for event in ledger.vault.events()] == [1, 2, 3, 4, 5]
