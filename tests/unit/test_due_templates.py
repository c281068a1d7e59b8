"""Which templates a directorate is offered: overdue within a year, due next, and the last sent (ruling A9)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sources.custody.ledger import Ledger
from sources.intake.due_templates import Why, due_templates
from sources.intake.standing import standing
from tests.homes import decide, fresh_home, send
from tests.returns import reference

# P06 was due on 15 October 2021, P07 on 15 November, P08 on 15 December.
NOVEMBER = datetime(2021, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(fresh_home(tmp_path)) as opened:
        yield opened


def sent(ledger, period, verdict="accepted"):
    decide(ledger, send(ledger, "AH", f"{period} {verdict}".encode()), verdict, "2021/22", period)


def offered(ledger, now=NOVEMBER, directorate="AH"):
    cells = standing(ledger.judged(), reference(), now)
    return [(each.why, *each.period, each.file_name) for each in due_templates(directorate, cells)]


def test_before_anything_is_sent_what_is_overdue_and_what_is_next_are_offered(ledger):
    assert offered(ledger) == [
        (Why.OVERDUE, "2021/22", "P06", "TRR_AH_2021-22_P06_v1.xlsx"),
        (Why.OVERDUE, "2021/22", "P07", "TRR_AH_2021-22_P07_v1.xlsx"),
        (Why.NEXT, "2021/22", "P08", "TRR_AH_2021-22_P08_v1.xlsx"),
    ]


def test_the_last_period_in_force_is_offered_for_correcting(ledger):
    sent(ledger, "P06")
    sent(ledger, "P07")
    assert offered(ledger) == [
        (Why.NEXT, "2021/22", "P08", "TRR_AH_2021-22_P08_v1.xlsx"),
        (Why.CORRECT, "2021/22", "P07", "TRR_AH_2021-22_P07_v2.xlsx"),
    ]


@pytest.mark.parametrize("verdict", ["blocked", "held"])
def test_what_was_not_accepted_is_still_due_under_the_next_version(ledger, verdict):
    sent(ledger, "P06")
    sent(ledger, "P07", verdict)
    assert offered(ledger)[0] == (Why.OVERDUE, "2021/22", "P07", "TRR_AH_2021-22_P07_v2.xlsx")


def test_what_was_sent_before_it_is_due_is_not_due_next(ledger):
    for period in ("P06", "P07", "P08"):
        sent(ledger, period)
    assert offered(ledger)[0][:3] == (Why.NEXT, "2021/22", "P09")


def test_what_was_missed_more_than_a_year_ago_is_not_offered(ledger):
    years_later = datetime(2026, 11, 28, 12, tzinfo=UTC)
    periods = [(why, year, period) for why, year, period, _ in offered(ledger, years_later)]
    assert periods[0] == (Why.OVERDUE, "2025/26", "P08")
    assert periods[-1] == (Why.NEXT, "2026/27", "P08")
    assert {why for why, *_ in periods[:-1]} == {Why.OVERDUE}


def test_nobody_is_offered_what_another_directorate_has_to_send(ledger):
    assert offered(ledger, directorate="CO") == []
