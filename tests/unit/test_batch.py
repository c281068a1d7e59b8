"""A batch: of several files of one directorate, period and type, the one written last is judged (ruling C6)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.custody.submission import Submission
from sources.intake.batch import Member, overtaken_in
from tests.homes import NOON
from tests.returns import reference, reference_with

FIELDS = {"reporting_year": "2021/22", "reporting_period": "P06", "return_type": "Initial"}

# Place went on as Environment the day before these files came.
REORGANISED = reference_with(
    directorate=[
        row | {"successor_code": "EN", "valid_to": NOON().date() - timedelta(days=1)}
        if row["directorate_code"] == "PL"
        else row
        for row in (
            *reference().tables["directorate"],
            reference().tables["directorate"][0] | {"directorate_code": "EN"},
        )
    ]
)


def member(seq, written, name="a.xlsx", data="", fields=FIELDS, folder="AH"):
    submission = Submission(
        submission_id=f"{folder}-{seq}",
        directorate_code=folder,
        file_name=name,
        file_sha256=data or f"bytes {seq}",
        size=1,
        receipt_no=1,
        written_ns=written,
        receipt_seq=seq,
        received_at=NOON(),
    )
    return Member(submission, None, fields, REORGANISED)


def overtaken(*members):
    return {lost: judged.submission_id for lost, judged in overtaken_in(members).items()}


def test_the_file_written_last_is_judged_whatever_its_name_and_its_place():
    # Ruling C6.
    late, early = member(1, 200, "Copy of a.xlsx"), member(2, 100)
    assert overtaken(late, early) == {"AH-2": "AH-1"}


def test_of_files_written_at_one_time_the_last_by_name_is_judged():
    # Ruling C6: natural order of names.
    assert overtaken(member(1, 100, "v9.xlsx"), member(2, 100, "v10.xlsx")) == {"AH-1": "AH-2"}
    assert overtaken(member(1, 100, "v10.xlsx"), member(2, 100, "v9.xlsx")) == {"AH-2": "AH-1"}


def test_files_of_other_periods_types_or_directorates_are_no_rivals():
    others = [{"reporting_period": "P07"}, {"reporting_year": "2022/23"}, {"return_type": "Nil"}]
    assert overtaken(member(1, 1), *(member(n, n, fields=FIELDS | other) for n, other in enumerate(others, 2))) == {}
    assert overtaken(member(1, 1), member(2, 2, folder="PL")) == {}


def test_what_a_successor_sends_for_a_directorate_is_a_rival_of_what_that_sends_itself():
    # R23.
    reported = FIELDS | {"directorate_code": "PL"}
    assert overtaken(member(1, 1, folder="EN", fields=reported), member(2, 2, folder="PL")) == {"EN-1": "PL-2"}
    assert overtaken(member(1, 2, folder="EN", fields=reported), member(2, 1, folder="PL")) == {"PL-2": "EN-1"}


@pytest.mark.parametrize("folder", ["AH", "", "Nobody"])
def test_a_file_in_a_folder_that_may_not_send_it_is_nobodys_rival(folder):
    # F-B06: it is refused, and the directorate that it names has sent nothing later.
    reported = FIELDS | {"directorate_code": "PL"}
    for written in (1, 3):
        assert overtaken(member(1, written, folder=folder, fields=reported), member(2, 2, folder="PL")) == {}


def test_files_that_name_no_directorate_in_a_folder_of_none_are_no_rivals():
    assert overtaken(member(1, 1, folder="Nobody"), member(2, 2, folder="Nobody")) == {}


def test_a_file_that_does_not_say_for_when_it_is_overtakes_nothing():
    assert overtaken(member(1, 1), member(2, 2, fields={}), member(3, 3, fields=FIELDS | {"return_type": None})) == {}


def test_two_copies_of_the_same_bytes_are_one_file_written_when_the_later_was():
    # Ruling C6, R12: the second copy is a duplicate, and no rival.
    assert overtaken(member(1, 1, data="same"), member(2, 9, data="same")) == {}
    one, other, again = member(1, 1, data="same"), member(2, 5, data="other"), member(3, 9, data="same")
    assert overtaken(one, other, again) == {"AH-2": "AH-1"}
    assert overtaken(one, member(2, 10, data="other"), again) == {"AH-1": "AH-2", "AH-3": "AH-2"}


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["x", "y", "z"])), min_size=1, max_size=6))
def test_of_each_group_exactly_one_content_is_judged(files):
    members = [member(seq, written, data=data) for seq, (written, data) in enumerate(files, start=1)]
    lost = overtaken_in(members)
    left = {each.submission.file_sha256 for each in members if each.submission.submission_id not in lost}
    assert len(left) == 1
    assert {judged.submission_id for judged in lost.values()}.isdisjoint(lost)
