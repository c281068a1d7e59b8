"""What is printed at the end of a night: whole, rounded for display only, and safe to print."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.printouts.sections import Section, print_sections
from orchestration.printouts.summary import Arrival, CheckSeen, Mismatch, Summary, Table1, Table1Row, summarise
from orchestration.printouts.summary_text import pounds, print_summary, share

RELEASE = Path("/srv/savings/releases/R000001-20261124T033000Z-aaaaaaaa")


def _row(code: str, name: str, *amounts: str, is_carried: bool = False, is_missing: bool = False) -> Table1Row:
    known = [Decimal(amount) for amount in amounts]
    if is_missing:
        return Table1Row(code, name, known[0], None, None, None, None, known[0], False, True)
    return Table1Row(code, name, *known, Decimal(0), is_carried, False)  # type: ignore[call-arg]  # five amounts


TABLE = Table1(
    "2021/22",
    "2021/22",
    "P06",
    date(2021, 9, 30),
    (
        _row("AH", "Adults & Housing", "6582000", "3027000", "500000", "0", "3055000"),
        _row("PL", "Place", "2393000", "510500.50", "1604000", "0", "278499.50", is_carried=True),
        _row("ALL", "Total", "8975000", "3537500.50", "2104000", "0", "3333499.50"),
    ),
)
C02 = Mismatch(
    "C02",
    "2",
    "currently projected to return savings of £5.8m in 2021/22",
    "GBP",
    Decimal("5800000.000000"),
    Decimal("5407500.000000"),
    Decimal("392500.000000"),
    Decimal("342500.000000"),
)
BLOCKED = Arrival("PL", "TRR_PL.xlsx", "blocked", {"B": 2, "H": 0, "W": 1, "C": 0}, "/srv/desk/PL/receipts/3.html")


def _summary(**changes: object) -> Summary:
    whole = {
        "arrivals": (BLOCKED,),
        "problems": (),
        "release": RELEASE,
        "is_new": True,
        "checks_passed": 170,
        "checks_failed": (CheckSeen("dim_rag__is_colourful", "warn", "fail", "2 failing row(s)"),),
        "table_1": (TABLE,),
        "mismatches": (C02,),
        "next_steps": ("Read it.",),
    }
    return Summary(**{**whole, **changes})  # type: ignore[arg-type]


def _printed(summary: Summary, *, is_terminal: bool = False) -> str:
    stream = io.StringIO()
    print_summary(summary, Console(file=stream, force_terminal=is_terminal, width=200, color_system=None))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("5407500.00", "£5,407,500"),
        ("510500.50", "£510,501"),
        ("510501.50", "£510,502"),
        ("0.49", "£0"),
        ("-278499.50", "-£278,500"),
        ("0", "£0"),
    ],
)
def test_pounds_are_rounded_half_up_for_display(amount: str, text: str):
    """R25."""
    assert pounds(Decimal(amount)) == text


def test_an_amount_that_is_not_known_is_not_shown_as_0():
    assert pounds(None) == "not known"


def test_a_share_shows_its_numerator_and_denominator():
    assert share(Decimal(3333500), Decimal(10845000)) == "£3,333,500 of £10,845,000 (30.7 %)"
    assert share(Decimal(0), Decimal(0)) == "£0 of £0"


@pytest.mark.parametrize("is_terminal", [False, True])
def test_everything_is_printed_to_a_terminal_and_to_a_pipe(is_terminal: bool):
    printed = _printed(_summary(), is_terminal=is_terminal)
    for text in (
        "TRR_PL.xlsx",
        "2 blocking, 1 warning",
        "/srv/desk/PL/receipts/3.html",
        "Checks: 170 passed, 1 failed",
        "dim_rag__is_colourful",
        "Table 1: savings plan of 2021/22, as at 30 September 2021 (P06 2021/22)",
        "£3,055,000",
        "Place (carried forward)",
        "Neither projected nor deferred nor decided undeliverable: £3,333,500 of £8,975,000 (37.1 %)",
        "£5,800,000",
        "£5,407,500",
        "£392,500",
        "£342,500",
        f"Published: {RELEASE}",
        "Read it.",
    ):
        assert text in printed


def test_table_1_and_the_release_come_before_the_findings_and_each_file_is_said_once():
    """Ruling C10."""
    held = replace(BLOCKED, file_name="TRR_CH.xlsx", state="held")
    printed = _printed(_summary(arrivals=(BLOCKED, held)))
    places = [
        printed.index(text) for text in ("Table 1:", f"Published: {RELEASE}", "TRR_PL.xlsx", "2 blocking, 1 warning")
    ]
    assert places == sorted(places)
    assert [printed.count(name) for name in ("TRR_PL.xlsx", "TRR_CH.xlsx")] == [1, 1]


def test_plain_lines_line_up_and_are_never_cut():
    lines = _printed(_summary(arrivals=(), mismatches=(), checks_failed=())).splitlines()
    start = next(number for number, text in enumerate(lines) if text.startswith("Table 1"))
    assert lines[start + 1 : start + 5] == [
        "  Directorate                Baseline   Projected    Deferred  Undeliverable  Unexplained",
        "  Adults & Housing         £6,582,000  £3,027,000    £500,000             £0   £3,055,000",
        "  Place (carried forward)  £2,393,000    £510,501  £1,604,000             £0     £278,500",
        "  Total                    £8,975,000  £3,537,501  £2,104,000             £0   £3,333,500",
    ]


def test_a_directorate_that_has_not_reported_is_said_and_has_a_column():
    missing = _row("CH", "Children's", "1870000", is_missing=True)
    total = Table1Row("ALL", "Total", Decimal(1870000), None, None, None, None, Decimal(1870000), False, True)
    table = Table1("2021/22", "2021/22", "P06", date(2021, 9, 30), (missing, total))
    printed = _printed(_summary(table_1=(table,)))
    assert "Not reported" in printed
    assert "Children's (not reported)" in printed
    assert "Not reported: £1,870,000 of £1,870,000 (100.0 %)" in printed


def test_after_a_failed_night_the_old_release_is_named_before_its_figures():
    printed = _printed(_summary(problems=("fct_x__adds_up failed: 3",), is_new=False))
    kept = printed.index("The release that readers keep; all that follows is of it")
    assert printed.index("Nothing was published") < kept < printed.index("Checks:") < printed.index("Table 1")
    assert printed.count(str(RELEASE)) == 1


def test_a_file_that_lay_in_no_folder_is_said_to_be_of_none():
    loose = Arrival("", "loose.xlsx", "refused", {}, "r")
    assert "(no folder)  loose.xlsx" in _printed(_summary(arrivals=(loose,)))


def test_the_receipt_of_a_refused_file_is_not_said_to_name_cells():
    refused = Arrival("PL", "locked.xlsx", "refused", {}, "/srv/desk/PL/receipts/4.html")
    printed = _printed(summarise(None, [refused], ["a directorate's return is wanted"], is_new=False))
    assert "it says why: /srv/desk/PL/receipts/4.html" in printed


def test_the_same_content_is_said():
    assert f"The content is the same, readers keep: {RELEASE}" in _printed(_summary(is_new=False))


@pytest.mark.parametrize("is_terminal", [False, True])
@pytest.mark.parametrize("state", ["refused", "blocked", "held"])
def test_a_file_name_cannot_steer_the_terminal_or_forge_a_line(is_terminal: bool, state: str):
    """F-C28."""
    hostile = Arrival("PL", "a\x1b[31m\nCO  fine.xlsx  accepted [bold]\u202e", state, {}, "r")
    printed = _printed(summarise(None, [hostile], is_new=False), is_terminal=is_terminal)
    assert printed.count("a\\x1b[31m\\nCO  fine.xlsx  accepted [bold]\\u202e") == 2
    assert not set("\x1b\u202e") & set(printed)
    assert not [line for line in printed.splitlines() if line.lstrip().startswith("CO  fine.xlsx")]


@pytest.mark.parametrize("is_terminal", [False, True])
def test_no_part_of_a_section_can_steer_the_terminal(is_terminal: bool):
    """F-C28: whatever is printed, as the titles of savings in what ``savings ask`` finds."""
    stream = io.StringIO()
    hostile = Section("t\x1b[2J", ("c\x1b[2J",), [("r\x9b2J\nforged",)], ("of two\nlines\x07",))
    print_sections([hostile], Console(file=stream, force_terminal=is_terminal, width=200, color_system=None))
    printed = stream.getvalue()
    for text in ("t\\x1b[2J", "c\\x1b[2J", "r\\x9b2J\\nforged", "  of two\n", "lines\\x07"):
        assert text in printed
    assert not set("\x1b\x9b\x07") & set(printed)


def test_the_summary_for_a_machine_holds_amounts_as_texts():
    document = json.loads(json.dumps(_summary().as_json()))
    assert document["table_1"][0]["rows"][0]["unexplained_gbp"] == "3055000"
    assert document["table_1"][0]["as_at_date"] == "2021-09-30"
    assert document["mismatches"][0]["beyond_rounding"] == "342500.000000"
    assert document["release"] == str(RELEASE)


def test_before_the_first_release_what_came_in_is_said_all_the_same():
    summary = summarise(None, [BLOCKED], ["a directorate's return is wanted"], is_new=False)
    printed = _printed(summary)
    assert "TRR_PL.xlsx" in printed
    assert "Send its receipt back, it names every cell: /srv/desk/PL/receipts/3.html" in printed
    assert "Table 1" not in printed
    assert "there is no release yet" in printed


def test_adopted_reference_data_are_told_in_pounds_and_otherwise_not_mentioned() -> None:
    changes = (
        {"directorate_code": "PL", "plan_year": "2021/22", "before_gbp": "2393000.00", "after_gbp": "2392999.50"},
        {"directorate_code": "CO", "plan_year": "2022/23", "before_gbp": None, "after_gbp": "10.00"},
    )
    lines = [line.split() for line in _printed(_summary(plan_changes=changes)).splitlines()]
    assert ["PL", "2021/22", "£2,393,000", "£2,392,999.50", "-£0.50"] in lines
    assert ["CO", "2022/23", "none", "£10", "£10"] in lines
    assert "no pounds of the plan changed" in _printed(_summary(plan_changes=()))
    assert "Reference data" not in _printed(_summary())
