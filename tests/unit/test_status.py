"""Who has returned what, as of a moment: due, late, carried, waiting, held (R16, R38, R39, R42, R55)."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from rich.console import Console

from orchestration.printouts.sections import print_sections
from orchestration.printouts.status import status_of
from orchestration.printouts.status_text import sections
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.custody.payloads import ClockAccepted
from sources.custody.problems import CustodyProblem
from sources.custody.true_times import judged_at_true_times
from sources.desk.desk_page import Desk
from sources.desk.desk_words import OVERDUE
from sources.intake.due_templates import Why, due_templates
from tests.homes import checked, decide, drop, fresh_home, published, send, withdraw
from tests.returns import reference

# P06 was due on 15 October 2021, P07 on 15 November.
IN_TIME = fixed_clock(datetime(2021, 10, 15, 22, 59, tzinfo=UTC))
LATE = fixed_clock(datetime(2021, 10, 17, 23, 30, tzinfo=UTC))
NOW = datetime(2021, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home):
    with Ledger.open(home) as opened:
        yield opened


def status(home, ledger, now=NOW):
    return status_of(home, ledger, reference(), now)


def cells(home, ledger, now=NOW):
    return {
        (cell.directorate_code, cell.financial_year, cell.reporting_period): cell
        for cell in status(home, ledger, now).cells
    }


def sent(ledger, period="P06", verdict="accepted", folder="AH", clock=IN_TIME, **payload):
    data = f"{folder} {period} {verdict} {clock()}".encode()
    return decide(ledger, send(ledger, folder, data, clock=clock), verdict, "2021/22", period, clock=clock, **payload)


def test_there_is_a_cell_for_each_return_that_is_expected_and_for_each_that_came(home, ledger):
    # R39: Corporate is not expected.
    expected = {*cells(home, ledger)}
    assert {directorate for directorate, _, _ in expected} == {"AH", "CH", "PL"}
    assert {period for _, year, period in expected if year == "2021/22"} == {f"P{n:02d}" for n in range(6, 14)}
    sent(ledger, folder="CO")
    assert {*cells(home, ledger)} - expected == {("CO", "2021/22", "P06")}


def test_what_did_not_come_is_overdue_from_the_day_after_it_was_due_in_london(home, ledger):
    """F-B20."""
    # R55.
    place = ("AH", "2021/22", "P06")
    last_minute = cells(home, ledger, datetime(2021, 10, 15, 22, 59, tzinfo=UTC))[place]
    assert (last_minute.state, last_minute.is_overdue, last_minute.days_late) == ("NOT_RECEIVED", False, 0)
    # 23:00 in UTC is midnight in London.
    after = cells(home, ledger, datetime(2021, 10, 15, 23, 0, tzinfo=UTC))[place]
    assert (after.due_date, after.is_overdue, after.days_late) == (date(2021, 10, 15), True, 1)


@pytest.mark.parametrize(("clock", "days"), [(IN_TIME, 0), (LATE, 3)])
def test_what_is_in_force_is_as_late_as_it_was_received_whenever_that_is_asked(home, ledger, clock, days):
    submission = sent(ledger, clock=clock)
    cell = cells(home, ledger)["AH", "2021/22", "P06"]
    assert (cell.state, cell.version_no, cell.certification) == ("accepted", 1, "Provisional")
    assert (cell.submission_id, cell.received_at) == (submission.submission_id, clock())
    assert (cell.days_late, cell.is_overdue) == (days, False)


def test_what_came_under_a_clock_that_was_years_ahead_is_not_years_late(home, ledger):
    """Ruling C9: it was there when the clock was set right."""
    sent(ledger, clock=fixed_clock(NOW + timedelta(days=3650)))
    ledger.record(IN_TIME, ClockAccepted(last_event_at=NOW))
    cell = cells(home, ledger)["AH", "2021/22", "P06"]
    assert (cell.state, cell.days_late) == ("accepted", 0)
    page = Desk(home, "AH", "Adults & Housing", "AH", [cell], judged_at_true_times(ledger), NOW).page()
    assert [each.submission.received_at < IN_TIME() for each in page.sent] == [True]


@pytest.mark.parametrize("verdict", ["held", "blocked"])
def test_what_was_not_accepted_leaves_the_return_overdue(home, ledger, verdict):
    sent(ledger, verdict=verdict)
    cell = cells(home, ledger)["AH", "2021/22", "P06"]
    assert (cell.state, cell.is_overdue, cell.days_late) == (verdict, True, 36)


@pytest.mark.parametrize("verdict", ["held", "blocked"])
def test_a_later_version_that_was_not_accepted_stands_beside_the_one_in_force(home, ledger, verdict):
    sent(ledger)
    sent(ledger, verdict=verdict, clock=LATE)
    cell = cells(home, ledger)["AH", "2021/22", "P06"]
    assert (cell.state, cell.version_no, cell.is_overdue) == ("accepted", 1, False)
    assert {"held": cell.held_version_no, "blocked": cell.blocked_version_no} == {"held": None, "blocked": None} | {
        verdict: 2
    }
    sent(ledger, clock=fixed_clock(NOW))
    cell = cells(home, ledger)["AH", "2021/22", "P06"]
    assert (cell.version_no, cell.held_version_no, cell.blocked_version_no) == (3, None, None)


def test_what_was_withdrawn_is_in_force_no_more(home, ledger):
    # R54.
    withdraw(ledger, sent(ledger))
    cell = cells(home, ledger)["AH", "2021/22", "P06"]
    assert (cell.state, cell.is_overdue) == ("withdrawn", True)


def test_an_open_period_without_a_return_carries_the_latest_earlier_one_of_its_year(home, ledger):
    """F-B20."""
    # R38: P07 is open as soon as anybody has it or a later one.
    sent(ledger, folder="PL")
    assert cells(home, ledger)["PL", "2021/22", "P07"].carried_from is None
    sent(ledger, "P08", folder="CH")
    carried = {place: cell.carried_from for place, cell in cells(home, ledger).items() if cell.carried_from}
    assert carried == {("PL", "2021/22", "P07"): "P06", ("PL", "2021/22", "P08"): "P06"}


def test_a_return_is_that_of_the_directorate_whose_figures_it_has(home, ledger):
    """Ruling F10: with the folder that sent it (R23)."""
    sent(ledger, folder="CO", fields={"directorate_code": "PL"})
    sent(ledger, folder="CH")
    found = cells(home, ledger)
    assert (found["PL", "2021/22", "P06"].state, found["PL", "2021/22", "P06"].folder_code) == ("accepted", "CO")
    assert (found["CH", "2021/22", "P06"].folder_code, found["AH", "2021/22", "P06"].folder_code) == ("CH", None)
    assert ("CO", "2021/22", "P06") not in found


def test_what_is_not_in_order_says_which_other_folder_sent_it(home, ledger):
    """Ruling F10."""
    sent(ledger, folder="CO", fields={"directorate_code": "PL"}, verdict="blocked")
    said = " ".join(" ".join(printed(home, ledger, datetime(2021, 10, 15, tzinfo=UTC))).split())
    assert "PL 2021/22 P06 version 1 is blocked, sent from CO" in said


def test_what_waits_is_told_by_where_it_waits(home, ledger):
    drop(home, "AH", "new.xlsx")
    unjudged = send(ledger, "CH", b"unjudged")
    held = sent(ledger, verdict="held", folder="PL")
    found = status(home, ledger)
    assert [(each.directorate_code, each.file_name) for each in found.in_landing] == [("AH", "new.xlsx")]
    assert [each.submission_id for each in found.unjudged] == [unjudged.submission_id]
    assert [each.submission_id for each in found.held] == [held.submission_id]


def test_the_last_load_and_the_release_in_force_are_told_with_their_times(home, ledger):
    assert (status(home, ledger).last_load_at, status(home, ledger).release_id) == (None, None)
    for name, clock in (("R1", IN_TIME), ("R2", LATE)):
        (home.releases / name).mkdir()
        ledger.record(clock, published(name))
    ledger.record(fixed_clock(NOW), checked())
    home.current.symlink_to("releases/R1")
    found = status(home, ledger)
    assert (found.last_load_at, found.release_id, found.published_at) == (NOW, "R1", IN_TIME())


def test_a_landing_that_cannot_be_read_is_said_to_be_so(home, ledger):
    shutil.rmtree(home.landing)
    with pytest.raises(CustodyProblem, match="Looking into landing stopped"):
        status(home, ledger)


def printed(home, ledger, now=NOW):
    console = Console(file=io.StringIO())
    print_sections(sections(status(home, ledger, now)), console)
    return console.file.getvalue().splitlines()


def test_the_matrix_has_directorates_for_rows_and_periods_for_columns(home, ledger):
    sent(ledger, certification="Certified")
    sent(ledger, folder="CH", clock=LATE)
    sent(ledger, verdict="blocked", folder="PL")
    lines = printed(home, ledger)
    assert [line.split() for line in lines[1:5]] == [
        ["Year", "From", *(f"P{number:02d}" for number in range(1, 14))],
        ["2021/22", "AH", "v1", "C", "late", *"······"],
        ["2021/22", "CH", "v1", "+3", "late", *"······"],
        ["2021/22", "PL", "blocked", "late", *"······"],
    ]


def test_what_is_not_in_order_is_said_once_a_run_of_periods(home, ledger):
    sent(ledger)
    sent(ledger, verdict="held", clock=LATE)
    sent(ledger, folder="CH")
    sent(ledger, "P08", folder="CH", clock=fixed_clock(NOW))
    sent(ledger, verdict="blocked", folder="PL")
    lines = [line.strip() for line in printed(home, ledger, datetime(2022, 1, 1, tzinfo=UTC))]
    start = lines.index("To put right") + 2
    assert [" ".join(line.split()) for line in lines[start : start + 5]] == [
        "AH 2021/22 P06 version 2 is held",
        "AH 2021/22 P07 to P08 not received, figures carried from P06, the first due on 15 November 2021, 47 days ago",
        "CH 2021/22 P07 not received, figures carried from P06, due on 15 November 2021, 47 days ago",
        "PL 2021/22 P06 version 1 is blocked, none is in force, due on 15 October 2021, 78 days ago",
        "PL 2021/22 P07 to P08 not received, the first due on 15 November 2021, 47 days ago",
    ]


@pytest.mark.parametrize(
    ("now", "years"),
    [
        (datetime(2021, 11, 20, tzinfo=UTC), ["2021/22", "2022/23"]),
        (datetime(2026, 11, 28, tzinfo=UTC), ["2021/22", "2025/26", "2026/27", "2027/28"]),
    ],
)
def test_it_shows_the_years_that_have_a_return_or_a_due_day_within_a_year(home, ledger, now, years):
    sent(ledger)
    rows = [line.split() for line in printed(home, ledger, now)[2:]]
    assert sorted({row[0] for row in rows[: rows.index([])] if "/" in row[0]}) == years


def test_what_was_missed_over_a_year_ago_is_one_line(home, ledger):
    sent(ledger)
    # Three directorates, eight periods of 2021/22 but for the one sent, 13 in each of three years, seven of 2025/26.
    missed = 3 * 8 - 1 + 3 * 13 * 3 + 3 * 7
    lines = [line.strip() for line in printed(home, ledger, datetime(2026, 11, 28, tzinfo=UTC))]
    last = f"Not listed: {missed} returns of 2021/22 to 2025/26, due over a year ago, without an accepted version."
    assert last in lines
    assert not [line for line in lines if "2023/24" in line and line != last]


def test_status_a_desk_and_the_templates_name_the_same_returns_as_overdue(home, ledger):
    """F-B20: 2021/22 has a return, and periods that were due within the last year and before."""
    sent(ledger, folder="PL")
    now = datetime(2022, 12, 20, 12, tzinfo=UTC)
    own = [cell for cell in status(home, ledger, now).cells if cell.directorate_code == "PL"]
    overdue = [(cell.financial_year, cell.reporting_period) for cell in own if cell.is_overdue]
    assert (overdue[0], overdue[-1]) == (("2021/22", "P09"), ("2022/23", "P08"))
    offered = [each.period for each in due_templates("PL", own) if each.why is Why.OVERDUE]
    tasks = [task.text for task in Desk(home, "PL", "Place", "PL", own, [], now).page().tasks if task.label == OVERDUE]
    listed = [line for line in printed(home, ledger, now) if "not received" in line and "PL" in line]
    assert offered == overdue
    assert tasks == [f"Send your return for {year} {period}" for year, period in overdue]
    assert [" ".join(line.split())[:24] for line in listed] == ["PL 2021/22 P09 to P13 no", "PL 2022/23 P01 to P08 no"]


def test_when_all_is_well_it_says_so(home, ledger):
    for folder in ("AH", "CH", "PL"):
        sent(ledger, folder=folder)
    lines = printed(home, ledger, IN_TIME())
    assert "  Everything that is due is in force." in lines


def test_a_name_that_would_steer_a_terminal_is_spelled_out(home, ledger):
    # F-C28.
    drop(home, "AH", "re\x1b[31mturn.xlsx")
    assert "  AH    re\\x1b[31mturn.xlsx" in printed(home, ledger)
