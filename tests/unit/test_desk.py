"""A directorate's desk: what it says, what is on it, and when it is written (ruling A9)."""

from __future__ import annotations

import stat
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from sources.clock import fixed_clock
from sources.custody.events import EventKind
from sources.custody.ledger import Ledger
from sources.desk.desk import open_desks, write_desks
from sources.desk.desk_day import forget_desk_day, holds
from sources.findings.findings import Finding, Severity
from sources.home import GROUP_READS, PRIVATE
from sources.intake.prefill import Prefill
from sources.intake.rebuild import rebuild
from sources.lines.line_files import write_lines
from sources.receipts.receipt import write_missing_receipts
from tests.homes import decide, fresh_home, send, withdraw
from tests.html_structure import problems_of, text_of
from tests.machines import group, needs_root
from tests.returns import good_return, judged, reference

# P06 was due on 15 October 2021, P07 on 15 November, P08 on 15 December.
NOVEMBER = datetime(2021, 11, 10, 12, tzinfo=UTC)
ON_THE_DAY = datetime(2021, 11, 15, 23, 59, tzinfo=UTC)
LATE_NOVEMBER = datetime(2021, 11, 16, 0, 5, tzinfo=UTC)
TBC = Finding("D09", Severity.BLOCK, "This is not a number.", "Savings", "M7", "projected_gbp", "TBC")


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home):
    with Ledger.open(home) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _workbooks_that_cost_little(monkeypatch):
    """What a workbook is filled with has tests of its own; here it says for whom and when it is."""
    monkeypatch.setattr(Prefill, "write", lambda self, file: file.write_text(f"{self.directorate_code} {self.period}"))


def accept(home, ledger, code="PL"):
    submission = send(ledger, code)
    write_lines(home, submission.submission_id, judged(good_return()).tables)
    return decide(ledger, submission, "accepted", lines=submission.submission_id)


def write(home, ledger, now=NOVEMBER, made_by="code"):
    return write_desks(home, ledger, reference(), made_by, fixed_clock(now))


def desk(home, ledger, code="PL", now=NOVEMBER):
    """Return what a directorate's page says, once its receipts are there."""
    write_missing_receipts(home, ledger)
    write(home, ledger, now)
    page = (home.desk / code / "index.html").read_text(encoding="utf-8")
    assert problems_of(page) == []
    return text_of(page)


def section(told, heading, next_heading):
    return told.split(heading)[1].split(next_heading)[0]


def tasks(told):
    return section(told, "What you need to do", "What you sent")


def workbooks(home, code):
    return sorted(path.name for path in (home.desk / code).glob("*.xlsx"))


def files_of(home):
    return {path.relative_to(home.desk): path.read_bytes() for path in home.desk.rglob("*") if path.is_file()}


def test_before_anything_is_sent_a_desk_says_what_is_overdue_and_what_is_due_next(home, ledger):
    told = tasks(desk(home, ledger))
    assert "Send your return for 2021/22 P06 It was due on 15 October 2021." in told
    assert "Send your return for 2021/22 P07 by 15 November 2021" in told
    assert "You have sent nothing yet." in desk(home, ledger)
    assert workbooks(home, "PL") == ["TRR_PL_2021-22_P06_v1.xlsx", "TRR_PL_2021-22_P07_v1.xlsx"]


def test_where_there_is_nothing_to_do_no_workbook_is_spoken_of(home, ledger):
    said = "Each workbook is filled in as far as we know your figures."
    assert said in tasks(desk(home, ledger))
    long_after = tasks(desk(home, ledger, now=datetime(2040, 1, 10, 12, tzinfo=UTC)))
    assert long_after.strip() == "There is nothing to do now."


def test_a_return_that_was_not_accepted_is_to_be_corrected_with_its_receipt_and_its_workbook(home, ledger):
    blocked = decide(ledger, send(ledger, "PL"), "blocked", findings=(TBC,))
    told = tasks(desk(home, ledger))
    assert "Correct version 1 of your return for 2021/22 P06" in told
    assert "Send your return for 2021/22 P06" not in told
    page = (home.desk / "PL" / "index.html").read_text()
    for link in (f"receipts/{blocked.judged_seq:06d}_2021-22_P06_v1.html", "TRR_PL_2021-22_P06_v2.xlsx"):
        assert f'href="{link}"' in page
        assert (home.desk / "PL" / link).is_file()


def test_a_return_that_was_accepted_leaves_nothing_to_do_but_the_next(home, ledger):
    accept(home, ledger)
    told = desk(home, ledger)
    assert "P06" not in section(told, "What you need to do", "If a figure that you sent is wrong")
    assert "Correct 2021/22 P06, version 1" in told
    assert "2021/22 P06 15 October 2021 Accepted, version 1, provisional" in told


def test_a_held_return_is_nothing_to_do(home, ledger):
    decide(ledger, send(ledger, "PL"), "held", findings=(TBC,))
    told = desk(home, ledger)
    assert "P06" not in tasks(told)
    assert "Waiting for a decision" in told


def test_a_file_for_no_known_period_is_a_task_until_a_return_comes_that_has_one(home, ledger):
    decide(ledger, send(ledger, "PL", b"broken", "broken.xlsx"), "refused", None, None)
    assert "Send broken.xlsx again" in tasks(desk(home, ledger))
    decide(ledger, send(ledger, "PL"), "blocked", findings=(TBC,))
    assert "broken.xlsx" not in tasks(desk(home, ledger))


def test_every_file_is_listed_with_its_receipt_newest_first(home, ledger):
    first = accept(home, ledger)
    again = send(ledger, "PL", name="again.xlsx")
    decide(ledger, again, "duplicate", None, None, duplicate_of=first.submission_id)
    told = section(desk(home, ledger), "What you sent", "When your returns are due")
    assert told.index("again.xlsx") < told.index("return.xlsx")
    assert told.count("2021/22 P06, version 1") == 2
    assert "Already received" in told


def test_nothing_of_another_directorate_is_on_a_desk(home, ledger):
    """F-F12."""
    decide(ledger, send(ledger, "AH", b"theirs", "secret.xlsx"), "blocked", findings=(TBC,))
    accept(home, ledger)
    told = desk(home, ledger)
    assert "secret.xlsx" not in told
    assert "AH" not in told
    assert all(path.parts[0] == "PL" for path in files_of(home) if "_PL_" in path.name)
    assert "secret.xlsx" in desk(home, ledger, "AH")


def test_who_is_far_behind_gets_every_workbook_that_is_overdue(home, ledger):
    """Ruling A9."""
    told = tasks(desk(home, ledger, now=datetime(2022, 6, 1, 12, tzinfo=UTC)))
    overdue = told.count("Overdue")
    assert overdue > 7
    assert len(workbooks(home, "PL")) == overdue + 1
    assert "Send your return for 2021/22 P06 It was due on 15 October 2021." in told


def test_the_next_dates_are_shown_and_the_others_are_folded_away(home, ledger):
    desk(home, ledger)
    shown, folded = (home.desk / "PL" / "index.html").read_text().split('id="due"')[1].split("<details>")
    assert [f"2021/22 {period}" in shown for period in ("P06", "P07", "P08", "P09", "P10")] == [0, 1, 1, 1, 0]
    assert [f"2021/22 {period}" in folded for period in ("P06", "P07", "P08", "P09", "P10")] == [1, 0, 0, 0, 1]


def test_what_was_typed_into_a_file_s_name_does_nothing(home, ledger):
    """F-C26, F-C27."""
    decide(ledger, send(ledger, "PL", name="<script>alert(1)</script>\u202e.xlsx"), "refused", None, None)
    desk(home, ledger)
    page = (home.desk / "PL" / "index.html").read_text()
    assert "<script" not in page
    assert "\u202e" not in page


def test_a_desk_is_written_once_and_again_only_where_something_changed(home, ledger):
    assert len(write(home, ledger)) > 0
    before = files_of(home)
    assert write(home, ledger) == []
    decide(ledger, send(ledger, "PL"), "refused", None, None)
    assert [path.relative_to(home.desk).as_posix() for path in write(home, ledger)] == ["PL/index.html"]
    assert files_of(home).keys() == before.keys()


def test_a_workbook_is_written_again_by_other_code_and_where_it_would_be_filled_otherwise(home, ledger):
    write(home, ledger)
    mine, theirs = (home.desk / code / f"TRR_{code}_2021-22_P07_v1.xlsx" for code in ("PL", "CH"))
    assert {mine, theirs} <= set(write(home, ledger, made_by="newer code"))
    accept(home, ledger, "PL")
    written = write(home, ledger, made_by="newer code")
    assert mine in written
    assert theirs not in written, "nothing that it is filled with has changed"


def test_what_is_offered_no_more_is_taken_away(home, ledger):
    write(home, ledger)
    accept(home, ledger)
    write(home, ledger)
    assert workbooks(home, "PL") == ["TRR_PL_2021-22_P06_v2.xlsx", "TRR_PL_2021-22_P07_v1.xlsx"]


def test_a_desk_that_was_lost_or_altered_is_the_same_again_after_a_rebuild(home, ledger):
    decide(ledger, send(ledger, "PL"), "blocked", findings=(TBC,))
    write_missing_receipts(home, ledger)
    write(home, ledger)
    before = files_of(home)
    for path in home.desk.rglob("*.xlsx"):
        path.write_bytes(b"altered") if path.parent.name == "PL" else path.unlink()
    (home.desk / "PL" / "index.html").unlink()
    rebuild(home)
    forget_desk_day(home)
    write(home, ledger)
    assert files_of(home) == before


def test_desks_hold_until_a_due_day_has_passed_or_something_happens(home, ledger):
    assert not holds(home, ledger, NOVEMBER)
    write(home, ledger, ON_THE_DAY)
    assert holds(home, ledger, ON_THE_DAY)
    assert not holds(home, ledger, LATE_NOVEMBER)
    write(home, ledger, LATE_NOVEMBER)
    assert "It was due on 15 November 2021" in desk(home, ledger, now=LATE_NOVEMBER)
    accepted = accept(home, ledger)
    assert not holds(home, ledger, LATE_NOVEMBER)
    write(home, ledger, LATE_NOVEMBER)
    withdraw(ledger, accepted, EventKind.WITHDRAWN)
    assert not holds(home, ledger, LATE_NOVEMBER)


def test_desks_hold_no_longer_once_another_return_comes_within_a_year(home, ledger):
    """The return for 2022/23 P07 is due on 15 November 2022."""
    write(home, ledger)
    assert holds(home, ledger, datetime(2021, 11, 13, 23, 59, tzinfo=UTC))
    assert not holds(home, ledger, datetime(2021, 11, 14, 0, 5, tzinfo=UTC))


def test_a_desk_is_the_service_s_alone_until_its_people_have_a_group(home, ledger):
    """Ruling D-5."""
    open_desks(home, {"PL": None})
    desk(home, ledger)
    seen = [path for path in (home.desk / "PL", *(home.desk / "PL").rglob("*")) if path.stat().st_mode & 0o077]
    assert seen == []


@needs_root
def test_a_group_that_is_not_there_keeps_no_other_desk_closed_and_its_own_until_it_is(home, ledger):
    """Rulings C2, D-5."""
    with group() as (name, gid):
        open_desks(home, {"CH": f"{name}-mistyped", "PL": name})
        assert stat.S_IMODE((home.desk / "CH").stat().st_mode) == PRIVATE
        open_desks(home, {"CH": name, "PL": name})
        for folder in (home.desk / "CH", home.desk / "PL"):
            assert (folder.stat().st_gid, stat.S_IMODE(folder.stat().st_mode)) == (gid, GROUP_READS)


@needs_root
def test_a_desk_is_closed_to_its_former_group_also_while_the_new_one_is_not_there(home, ledger):
    """Ruling D-5."""
    with group() as (name, _):
        open_desks(home, {"PL": name})
        open_desks(home, {"PL": f"{name}-mistyped"})
        assert stat.S_IMODE((home.desk / "PL").stat().st_mode) == PRIVATE


def test_a_look_whether_the_desks_hold_imports_nothing_heavy():
    heavy = {"dagster", "dbt", "great_expectations", "pandas", "pyarrow", "duckdb", "openpyxl", "lxml", "jinja2"}
    look = f"import sys, sources.desk.desk_day; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_desk_and_its_receipts_name_the_folder_to_send_through(home, ledger):
    told = desk(home, ledger)
    assert told.count("put it into your folder (PL).") == 1
    decide(ledger, send(ledger, "PL"), "blocked", findings=(TBC,))
    write_missing_receipts(home, ledger)
    (receipt,) = (home.desk / "PL" / "receipts").glob("*.html")
    assert "Put the corrected workbook into your folder (PL)." in text_of(receipt.read_text())
