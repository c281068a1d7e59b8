"""What a return changes: against which one it is compared, and that no pound of a movement is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.custody.ledger import Ledger
from sources.findings.findings import Finding, Severity
from sources.judging.history import HistoryBefore
from sources.lines.line_files import read_sheet, write_lines
from sources.receipts.changes import AMOUNTS, Movement, changes_of, compared
from sources.receipts.receipt import write_receipt
from sources.template.declaration import SAVINGS
from tests.homes import decide, fresh_home, send, withdraw
from tests.html_structure import text_of
from tests.returns import LINES, accepted, good_return, judged, line

SINCE = accepted(good_return())
TBC = Finding("D09", Severity.BLOCK, "Savings!M2: this is not a number.", "Savings", "M2", "projected_gbp", "TBC")


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home):
    with Ledger.open(home) as opened:
        yield opened


def row(ref, projected, achieved="0", deferred="0", undeliverable="0", status="On track", rag="Green"):
    amounts = (None if each is None else Decimal(each) for each in (projected, achieved, deferred, undeliverable))
    return {
        "saving_ref": ref,
        "plan_year": "2021/22",
        **dict(zip(AMOUNTS, amounts, strict=True)),
        "status": status,
        "rag": rag,
    }


def told(lines):
    return [(each.saving_ref, [(m.column, m.before, m.after, m.difference) for m in each.movements]) for each in lines]


def test_of_a_line_that_moved_each_value_is_told_before_and_after():
    before = [row("PL-21-001", "100.10"), row("PL-21-002", "50")]
    after = [row("PL-21-001", "70.05", deferred="30.05", status="Delayed", rag="Red"), row("PL-21-002", "50")]
    changes = compared(SINCE, before, after)
    assert told(changes.moved) == [
        (
            "PL-21-001",
            [
                ("projected_gbp", Decimal("100.10"), Decimal("70.05"), Decimal("-30.05")),
                ("deferred_gbp", Decimal("0"), Decimal("30.05"), Decimal("30.05")),
                ("status", "On track", "Delayed", None),
                ("rag", "Green", "Red", None),
            ],
        )
    ]
    assert changes.totals[0] == Movement("projected_gbp", Decimal("150.10"), Decimal("120.05"))
    assert [total.difference for total in changes.totals] == [Decimal("-30.05"), 0, Decimal("30.05"), 0]


def test_lines_added_and_gone_are_told_with_what_they_hold():
    changes = compared(SINCE, [row("PL-21-001", "10")], [row("PL-21-002", "4.50")])
    assert [(each.saving_ref, each.value("projected_gbp", "after")) for each in changes.added] == [
        ("PL-21-002", Decimal("4.50"))
    ]
    assert [(each.saving_ref, each.value("projected_gbp", "before")) for each in changes.gone] == [
        ("PL-21-001", Decimal("10"))
    ]
    assert changes.moved == ()
    assert not changes.is_nothing


def test_the_same_lines_in_another_order_move_nothing():
    # R12.
    rows = [row("PL-21-001", "10"), row("PL-21-002", None, status="Not yet quantified")]
    assert compared(SINCE, rows, rows[::-1]).is_nothing


def test_an_estimate_where_there_was_none_counts_from_nothing():
    (moved,) = compared(SINCE, [row("PL-21-001", None)], [row("PL-21-001", "5")]).moved
    assert (moved.movements[0].before, moved.movements[0].difference) == (None, Decimal(5))


def test_a_return_without_lines_is_compared_like_any_other():
    assert [each.saving_ref for each in compared(SINCE, [row("PL-21-001", "1")], []).gone] == ["PL-21-001"]
    assert compared(SINCE, [], []).is_nothing


_pounds = st.none() | st.integers(0, 10**12).map(lambda pence: str(Decimal(pence) / 100))
_returns = st.dictionaries(
    st.sampled_from([f"PL-21-{n:03d}" for n in range(6)]), st.tuples(_pounds, _pounds, _pounds, _pounds)
).map(lambda lines: [row(ref, *amounts) for ref, amounts in lines.items()])


@given(_returns, _returns)
def test_no_pound_of_a_movement_is_lost(before, after):
    """What is told line by line comes to the difference of the totals, and those to the sum of the rows."""
    changes = compared(SINCE, before, after)
    lines = [*changes.added, *changes.gone, *changes.moved]
    for total in changes.totals:
        told_of = [each for line in lines for each in line.movements if each.column == total.column]
        assert sum((each.difference for each in told_of), Decimal(0)) == total.difference
        assert total.before == sum((each[total.column] or 0 for each in before), Decimal(0))
        assert total.after == sum((each[total.column] or 0 for each in after), Decimal(0))


def take_in(home, ledger, data, period, projected, folder="PL"):
    """Let a return of Place be accepted, its first line projected at an amount."""
    lines = [line("PL-21-001", 780_000, projected, fund_ref="TF-0001"), *LINES[1:]]
    judgement = judged(good_return(lines=lines))
    submission = send(ledger, folder, data)
    write_lines(home, submission.submission_id, judgement.tables)
    more = {"lines": submission.submission_id, "rows_read": 4}
    if folder != "PL":
        more["fields"] = {"directorate_code": "PL"}
    return decide(ledger, submission, "accepted", "2021/22", period, **more)


def changed(home, ledger, submission):
    siblings = ledger.siblings_of(submission)
    lines = read_sheet(home, SAVINGS, submission.submission_id).to_pylist()
    changes = changes_of(submission, HistoryBefore(home, siblings, submission), lines)
    return changes and (changes.since.reporting_period, changes.since.version_no, told(changes.moved))


def moved(before, after):
    return [("PL-21-001", [("projected_gbp", Decimal(before), Decimal(after), Decimal(after) - Decimal(before))])]


def test_a_return_is_compared_with_the_version_that_it_supersedes_or_else_with_the_period_before(home, ledger):
    # R42, R52.
    first = take_in(home, ledger, b"1", "P03", 700)
    second = take_in(home, ledger, b"2", "P06", 710)
    third = take_in(home, ledger, b"3", "P06", 730)
    assert changed(home, ledger, first) is None
    assert changed(home, ledger, second) == ("P03", 1, moved(700, 710))
    assert changed(home, ledger, third) == ("P06", 1, moved(710, 730))


def test_a_return_withdrawn_before_is_not_compared_with_and_one_withdrawn_since_still_is(home, ledger):
    # R54.
    first = take_in(home, ledger, b"1", "P06", 700)
    withdraw(ledger, first)
    second = take_in(home, ledger, b"2", "P06", 710)
    third = take_in(home, ledger, b"3", "P06", 730)
    withdraw(ledger, second)
    assert changed(home, ledger, second) is None
    assert changed(home, ledger, third) == ("P06", 2, moved(710, 730))


def test_a_period_sent_through_another_folder_is_its_directorates(home, ledger):
    # R23.
    take_in(home, ledger, b"1", "P03", 700, folder="CO")
    assert changed(home, ledger, take_in(home, ledger, b"2", "P06", 710)) == ("P03", 1, moved(700, 710))


def both_forms(home, ledger, submission):
    page = write_receipt(home, ledger, ledger.submission(submission.submission_id))
    return page.read_bytes(), page.with_suffix(".xlsx").read_bytes()


def test_a_receipt_that_is_written_again_says_what_it_said_first(home, ledger):
    """Whatever has been received since: F-D32."""
    take_in(home, ledger, b"1", "P06", 700)
    judged_first = [
        take_in(home, ledger, b"2", "P06", 710),
        decide(ledger, send(ledger, "PL", b"3"), "blocked", findings=(TBC,)),
    ]
    said = [both_forms(home, ledger, each) for each in judged_first]
    take_in(home, ledger, b"4", "P05", 720)
    take_in(home, ledger, b"5", "P06", 740)
    decide(ledger, send(ledger, "PL", b"6"), "blocked", findings=(TBC,))
    assert [both_forms(home, ledger, each) for each in judged_first] == said


def test_the_page_tells_movements_and_says_so_where_there_are_none(home, ledger):
    take_in(home, ledger, b"1", "P06", 700)
    same, other = take_in(home, ledger, b"2", "P06", 700), take_in(home, ledger, b"3", "P06", 710)
    assert "Compared with 2021/22 P06, version 1. Nothing moved." in write_receipt(home, ledger, same).read_text()
    page = write_receipt(home, ledger, other).read_text()
    assert "PL-21-001 2021/22 Projected saving (£) £700 £710 £10" in text_of(page)
    assert "Nothing moved" not in page


def test_what_is_compared_are_columns_of_the_savings_sheet():
    assert all(SAVINGS.column(name) for name in (*AMOUNTS, "status", "rag"))
