"""A folder that asks, plans or moves by a directorate that is not there is refused: one line, with what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.reference.folder_problems import causes
from sources.reference.reference import read_reference
from tests.reference_folder import problems_of, replace_text
from tests.second_council import first_lists, lists_after, lists_of_the_second_year

# What a reorganisation gets wrong: file, what it reads, what that becomes, and the line that is said.
WRONG = {
    "who has ended is asked to the year's end": (
        "expected_return", "HC,2025/26,P03,P06", "HC,2025/26,P03,",
        "to_period: there is no HC at the end of 2025/26 P09, 2025-12-31. Write P06 in to_period.",
    ),
    "who has ended is asked backwards": (
        "expected_return", "HC,2025/26,P03,P06", "HC,2025/26,P06,P03",
        "to_period: P03 is before P06. Write the last period that it reports.",
    ),
    "who has ended is asked in the next year": (
        "expected_return", "PEO,2026/27", "HC,2026/27",
        "financial_year: there is no HC at the end of 2026/27 P03, 2026-06-30. "
        "Delete the row, or correct directorate.csv.",
    ),
    "who has begun is asked before": (
        "expected_return", "PEO,2025/26,P09", "PEO,2025/26,P06",
        "from_period: there is no PEO at the end of 2025/26 P06, 2025-09-30. Write P09 in from_period.",
    ),
    "who has begun is planned for before": (
        "approved_plan", "S-24-0001,2024/25,ENV", "S-24-0001,2024/25,PEO",
        "directorate_code: there is no PEO in 2024/25. Write who has the line in its plan year.",
    ),
    "a line is moved to who has not begun": (
        "plan_change", "S-24-0004,2024/25,Move,0,PEO,,,2025/26,P09", "S-24-0004,2024/25,Move,0,PEO,,,2025/26,P06",
        "directorate_code: there is no PEO at the end of 2025/26 P06, 2025-09-30. "
        "Write who has the line from then on, or correct directorate.csv.",
    ),
    "who has ended goes on in itself": (
        "directorate", "2025-09-30,PEO", "2025-09-30,HC",
        "successor_code: the successors of HC lead back to HC. Name who goes on with it today.",
    ),
    "who is succeeded has no end": (
        "directorate", "2025-09-30,PEO", ",PEO",
        "valid_to: HC has a successor, and no last day. Write its last day, or empty successor_code.",
    ),
}  # fmt: skip


@pytest.fixture
def reorganised(tmp_path: Path) -> Path:
    second = lists_of_the_second_year(first_lists(tmp_path / "first"), tmp_path / "second")
    return lists_after(second, tmp_path / "after")


def test_a_reorganisation_within_a_year_can_be_used(reorganised: Path) -> None:
    reference = read_reference(reorganised)
    asked = [
        (code, period)
        for code in ("HC", "PEO")
        for period in ("P03", "P06", "P09", "P12", "P13")
        if reference.is_expected(code, "2025/26", period)
    ]
    assert asked == [("HC", "P03"), ("HC", "P06"), ("PEO", "P09"), ("PEO", "P12"), ("PEO", "P13")]


@pytest.mark.parametrize(("file", "reads", "becomes", "said"), WRONG.values(), ids=WRONG)
def test_what_a_reorganisation_gets_wrong_is_one_line_that_says_what_to_write(
    reorganised: Path, file: str, reads: str, becomes: str, said: str
) -> None:
    line = replace_text(reorganised, file, reads, becomes)
    (told,) = causes(problems_of(reorganised))
    assert told == f"{file}.csv, line {line}, {said}"


def test_successors_in_a_circle_are_said_once(reorganised: Path) -> None:
    replace_text(reorganised, "directorate", "PEO,People,2025-10-01,,", "PEO,People,2025-10-01,2040-03-31,HC")
    (told,) = causes(problems_of(reorganised))
    assert "the successors of HC lead back to HC" in told
