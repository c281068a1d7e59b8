"""What findings add up to: order, grouping, holds beaten, verdict, certification."""

from __future__ import annotations

import pytest

from sources.findings.findings import Finding, Severity, Verdict
from sources.judging.settle import certification_of, settled, verdict_on
from tests.returns import at, found, good_return, judged, line


def finding(rule="D09", severity=Severity.BLOCK, sheet="Savings", cell="M2", column="projected_gbp", wrong=""):
    return Finding(rule, severity, wrong or f"{cell} is wrong.", sheet, cell, column)


def test_findings_come_in_the_order_of_sheets_rows_and_columns():
    mixed = [
        finding(sheet="Projects", cell="A2"),
        finding(cell="AA3"),
        finding(cell="B10"),
        finding(cell="B3"),
        finding(sheet="", cell=""),
        finding(sheet="Return", cell="B9"),
        finding(cell=""),
    ]
    places = [(each.sheet, each.cell) for each in settled(mixed)]
    assert places == [
        ("", ""),
        ("Return", "B9"),
        ("Savings", ""),
        ("Savings", "B3"),
        ("Savings", "AA3"),
        ("Savings", "B10"),
        ("Projects", "A2"),
    ]


@pytest.mark.parametrize(
    ("severities", "verdict"),
    [("", Verdict.ACCEPTED), ("WC", Verdict.ACCEPTED), ("WH", Verdict.HELD), ("HBW", Verdict.BLOCKED)],
)
def test_a_block_beats_a_hold_and_a_hold_a_warning(severities, verdict):
    assert verdict_on([finding(severity=Severity(letter)) for letter in severities]) is verdict


def test_what_would_hold_a_blocked_file_is_a_sentence_of_the_block_on_its_row():
    blocks = [finding(cell="M2"), finding(cell="M3")]
    hold = finding("D12", Severity.HOLD, cell="K3", wrong="This looks like thousands.")
    assert [each.remedy for each in settled([*blocks, hold])] == ["", hold.message]
    elsewhere = finding("D12", Severity.HOLD, cell="K9", wrong="This looks like thousands.")
    assert [each.remedy for each in settled([*blocks, elsewhere])] == [elsewhere.message, ""]


def test_what_is_said_of_several_cells_alike_is_said_once_with_every_cell():
    """Ruling A7."""
    alike = [finding(cell=cell, wrong="This is blank.") for cell in ("M2", "M3", "M4", "M9")]
    (once,) = settled(alike)
    assert once.cells == ("M2", "M3", "M4", "M9")
    assert once.message.endswith("This is blank. This also applies to M3:M4, M9.")
    other = finding(cell="K2", column="baseline_gbp", wrong="This is blank.")
    assert len(settled([*alike, other])) == 2


def test_what_is_about_no_cell_is_never_put_together():
    assert len(settled([finding(cell="", wrong="Not there."), finding(cell="", wrong="Not there.")])) == 2


def test_twenty_that_differ_are_told_one_by_one_and_more_as_one_with_every_cell():
    different = [finding(cell=f"M{row}") for row in range(2, 22)]
    assert len(settled(different)) == 20
    grouped = settled([*different, finding(cell="M22"), finding(cell="M30"), finding("D10", cell="M2")])
    assert [(each.rule, each.cell) for each in grouped] == [("D09", "M2"), ("D10", "M2")]
    assert grouped[0].message == "Savings!M2 \u2013 projected_gbp: M2 is wrong. This also applies to M3:M22, M30."


@pytest.mark.parametrize(
    ("said", "severities", "kept"),
    [
        ("Certified", "W", "Certified"),
        ("Certified", "WC", "Provisional"),
        ("Provisional", "", "Provisional"),
        (None, "", "Provisional"),
    ],
)
def test_a_return_is_certified_only_if_it_says_so_and_nothing_speaks_against_it(said, severities, kept):
    assert certification_of(said, [finding(severity=Severity(letter)) for letter in severities]) == kept


def test_a_column_left_empty_on_many_lines_is_told_once_with_every_cell():
    lines = [line(f"PL-21-{n:03d}", 100, 100, status=None, saving_title=f"Saving {n}") for n in range(30)]
    (blank,) = found(judged(good_return(lines=lines)), "D10")
    column = at("Savings", "status").removeprefix("Savings!").rstrip("0123456789")
    assert blank.cells == tuple(f"{column}{row}" for row in range(2, 32))
