"""The history that a ledger holds: what is in force, in which order, with which rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sources.custody.ledger import Ledger
from sources.judging.history import LedgerHistory, has_later_period, previous_period
from sources.judging.line_history import close_before, is_closed, past_of_line
from sources.lines.line_files import write_lines
from sources.template.declaration import PROJECTS
from tests.homes import decide, fresh_home, send, withdraw
from tests.returns import LINES, form_fields, good_return, judged, reference, reference_with

LINE = ("PL-21-002", "2021/22")


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home):
    with Ledger.open(home) as opened:
        yield opened


def take_in(home, ledger, data, year="2021/22", period="P06", folder="PL", verdict="accepted", fields=None, **line):
    """Let a return of Place be received and judged, with columns of its second line changed."""
    lines = [LINES[0], LINES[1] | line, *LINES[2:]]
    judgement = judged(good_return(lines=lines, form=form_fields(year, period)))
    submission = send(ledger, folder=folder, data=data)
    write_lines(home, submission.submission_id, judgement.tables)
    return decide(ledger, submission, verdict, year, period, lines=submission.submission_id, fields=fields or {})


def test_an_empty_ledger_has_no_history(home, ledger):
    history = LedgerHistory(home, ledger)
    assert history.returns() == []
    assert history.in_force("PL", "2021/22", "P06") is None
    assert previous_period(history, "PL", ("2021/22", "P06")) is None


def test_a_return_sent_through_another_folder_is_that_of_the_directorate_it_reports_for(home, ledger):
    # R23.
    submission = send(ledger, folder="CO", data=b"1")
    decide(ledger, submission, "accepted", "2021/22", "P03", fields={"directorate_code": "PL"})
    history = LedgerHistory(home, ledger)
    assert [past.directorate_code for past in history.returns()] == ["PL"]
    assert previous_period(history, "PL", ("2021/22", "P06")).reporting_period == "P03"
    assert previous_period(history, "CO", ("2021/22", "P06")) is None


def test_what_is_in_force_comes_with_its_typed_rows(home, ledger):
    submission = take_in(home, ledger, b"1")
    found = LedgerHistory(home, ledger).in_force("PL", "2021/22", "P06")
    assert (found.submission_id, found.version_no, found.certification) == (submission.submission_id, 1, "Provisional")
    assert found.lines[LINE]["deferred_gbp"] == Decimal("225000.00")
    assert found.lines[LINE]["deferred_to_year"] == "2022/23"
    assert [row["project_ref"] for row in found.read(PROJECTS, None)] == [
        "PRJ-0301",
        "PRJ-0302",
        "PRJ-0303",
        "PRJ-0304",
    ]


def test_of_a_period_only_the_one_received_last_among_the_accepted_is_in_force(home, ledger):
    take_in(home, ledger, b"1")
    second = take_in(home, ledger, b"2", projected_gbp=150_000, deferred_gbp=215_000)
    take_in(home, ledger, b"3", verdict="blocked")
    history = LedgerHistory(home, ledger)
    assert [past.submission_id for past in history.returns()] == [second.submission_id]
    assert history.returns()[0].submission_id == history.in_force("PL", "2021/22", "P06").submission_id


def test_what_was_withdrawn_is_no_longer_there(home, ledger):
    first = take_in(home, ledger, b"1")
    second = take_in(home, ledger, b"2", projected_gbp=150_000, deferred_gbp=215_000)
    withdraw(ledger, second)
    assert [past.submission_id for past in LedgerHistory(home, ledger).returns()] == [first.submission_id]


def test_a_history_follows_its_ledger_and_meets_each_return_once(home, ledger):
    history = LedgerHistory(home, ledger)
    take_in(home, ledger, b"1")
    (first,) = history.returns()
    later = take_in(home, ledger, b"2", period="P07")
    assert history.returns()[0] is first
    assert [past.submission_id for past in history.returns()] == [first.submission_id, later.submission_id]
    withdraw(ledger, later)
    assert history.returns() == [first]


def test_a_return_that_a_successor_sends_stands_under_the_directorate_that_it_reports_for(home, ledger):
    # R23: it is that directorate's previous period, and no other's line (D68).
    first = take_in(home, ledger, b"1")
    restated = take_in(home, ledger, b"3", folder="CO", fields={"directorate_code": "PL"})
    assert first.reports_for == restated.reports_for == "PL"
    returns = LedgerHistory(home, ledger).returns()
    assert [(past.directorate_code, past.submission_id) for past in returns] == [("PL", restated.submission_id)]


def test_returns_come_in_the_order_of_their_periods_whenever_they_were_received(home, ledger):
    for data, year, period in ((b"1", "2021/22", "P08"), (b"2", "2022/23", "P01"), (b"3", "2021/22", "P06")):
        take_in(home, ledger, data, year, period)
    history = LedgerHistory(home, ledger)
    assert [past.period for past in history.returns()] == [
        ("2021/22", "P06"),
        ("2021/22", "P08"),
        ("2022/23", "P01"),
    ]
    assert previous_period(history, "PL", ("2022/23", "P01")).period == ("2021/22", "P08")
    assert previous_period(history, "AH", ("2022/23", "P01")) is None
    assert has_later_period(history, "PL", ("2021/22", "P06"))
    assert not has_later_period(history, "PL", ("2021/22", "P08"))


def test_a_close_is_the_last_row_of_an_earlier_year(home, ledger):
    take_in(home, ledger, b"1", "2021/22", "P06")
    take_in(home, ledger, b"2", "2021/22", "P13", projected_gbp=200_000, deferred_gbp=165_000)
    history = LedgerHistory(home, ledger)
    assert close_before(history, LINE, reference(), "2021/22") is None
    assert close_before(history, LINE, reference(), "2023/24")["projected_gbp"] == Decimal("200000.00")
    assert [past.reporting_period for past, _ in past_of_line(history, LINE, reference(), ("2021/22", "P13"))] == [
        "P06"
    ]


def test_returns_without_a_line_are_not_read_whole_to_know_that_they_have_none(home, ledger):
    """Ruling C8."""
    take_in(home, ledger, b"1", "2021/22", "P06")
    take_in(home, ledger, b"2", "2021/22", "P13")
    history = LedgerHistory(home, ledger)
    assert close_before(history, ("PL-21-999", "2021/22"), reference(), "2023/24") is None
    assert [vars(past).keys() & {"keys", "lines"} for past in history.returns()] == [{"keys"}, {"keys"}]


@pytest.mark.parametrize(
    ("changes", "closed"),
    [
        ({"projected_gbp": Decimal(365_000), "deferred_gbp": Decimal(0)}, True),
        ({"projected_gbp": Decimal(400_000), "deferred_gbp": Decimal(0)}, True),
        ({"projected_gbp": Decimal(140_000), "deferred_gbp": Decimal(225_000)}, False),
        ({"projected_gbp": Decimal(140_000), "deferred_gbp": Decimal(0)}, False),
        ({"projected_gbp": None, "deferred_gbp": None}, False),
        (
            {"projected_gbp": Decimal(140_000), "deferred_gbp": Decimal(0), "undeliverable_gbp": Decimal(225_000)},
            False,
        ),
    ],
)
def test_a_line_is_closed_when_nothing_of_it_is_deferred_or_unexplained(changes, closed):
    row = {"baseline_gbp": Decimal(365_000), "undeliverable_gbp": Decimal(0), "decision_ref": None, **changes}
    assert is_closed(row, reference()) is closed


def test_what_was_written_off_closes_a_line_once_its_decision_is_recorded():
    row = {
        "baseline_gbp": Decimal(365_000),
        "projected_gbp": Decimal(140_000),
        "deferred_gbp": Decimal(0),
        "undeliverable_gbp": Decimal(225_000),
        "decision_ref": "CAB-1",
    }
    assert not is_closed(row, reference())
    decided = reference_with(decision=[{"decision_ref": "CAB-1"}])
    assert is_closed(row, decided)
