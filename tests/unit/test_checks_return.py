"""The Return sheet: who, what, when, which version, signed by whom (D02, D03, D48 to D50, D52, D67, D69)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sources.findings.findings import Verdict
from sources.reader.cells import Refusal
from sources.reader.refusals import OPENED_WITHOUT_PASSWORD
from sources.reader.workbook import read_cells
from tests.defects import Defect, assert_found_and_nothing_else, each
from tests.edited_returns import sample_path
from tests.returns import (
    LINES,
    SIGNED,
    Past,
    accepted,
    at,
    form_fields,
    found,
    good_return,
    judged,
    nil_return,
    reference,
    reference_with,
    told,
    without_sheet,
)

P06 = accepted(good_return())
P07 = accepted(
    good_return(form=form_fields(period="P07"), lines=[{**line, "achieved_to_date_gbp": 0} for line in LINES])
)
NO_PERIOD = ("D03", "B", at("Return", "reporting_period"))
FORM = form_fields()


def field(name, value, **more):
    return good_return({at("Return", name): value}, **more)


DEFECTS = [
    Defect(
        "a missing unit",
        field("value_unit", None),
        "D03",
        "B",
        at("Return", "value_unit"),
        "This is blank. Fill it in.",
    ),
    # F-B01.
    Defect("amounts in thousands by unit", field("value_unit", "£k"), "D03", "B", at("Return", "value_unit"), "'£k'"),
    Defect(
        "savings said to be negative",
        field("sign_convention", "saving_negative"),
        "D03",
        "B",
        at("Return", "sign_convention"),
        "'saving_negative'",
    ),
    Defect("a quarter", field("reporting_period", "Q2"), *NO_PERIOD, "For quarter 2 use P06"),
    # F-B04.
    Defect("a period not collected", field("reporting_period", "P03"), *NO_PERIOD, "P03 of 2021/22"),
    Defect("an ambiguous year", field("reporting_year", "FY22"), "D03", "B", at("Return", "reporting_year"), "'FY22'"),
    Defect(
        "no address, and which ending it must have",
        field("prepared_by_email", None),
        "D03",
        "B",
        at("Return", "prepared_by_email"),
        "@dorset.example",
    ),
    Defect(
        "an address elsewhere",
        field("prepared_by_email", "someone@example.org"),
        "D03",
        "B",
        at("Return", "prepared_by_email"),
        "@dorset.example",
    ),
    Defect(
        "an as-at date of another month",
        field("as_at_date", date(2021, 8, 31)),
        "D49",
        "W",
        at("Return", "as_at_date"),
        "should be as at 30 September 2021. You entered '31 August 2021'",
    ),
    Defect(
        "preparation after receipt",
        field("prepared_date", date(2021, 10, 30)),
        "D48",
        "B",
        at("Return", "prepared_date"),
        "'30 October 2021'",
    ),
    Defect(
        "a year slipped by a century",
        field("prepared_date", date(1921, 10, 8)),
        "D48",
        "B",
        at("Return", "prepared_date"),
        "8 October 1921",
    ),
    Defect(
        "a late return",
        good_return(),
        "D50",
        "W",
        "Return",
        "on 16 October 2021. It was due on 15 October 2021",
        how={"received_at": datetime(2021, 10, 16, 9, tzinfo=UTC)},
    ),
    Defect(
        "a period that ends long after receipt",
        field(
            "reporting_period", "P12", form=form_fields(prepared_date=date(2021, 10, 1), as_at_date=date(2022, 3, 31))
        ),
        "D69",
        "B",
        at("Return", "reporting_period"),
        "P12 ends on 31 March 2022",
        how={"received_at": datetime(2021, 10, 12, tzinfo=UTC)},
    ),
    Defect(
        "a resubmission of nothing",
        field("return_type", "Resubmission"),
        "D67",
        "B",
        at("Return", "return_type"),
        "Choose Initial",
    ),
    Defect(
        "a version replaced that never was",
        field("supersedes_version", 1),
        "D67",
        "B",
        at("Return", "supersedes_version"),
        "'1'",
    ),
    # F-B11.
    Defect(
        "a version that is no longer in force",
        good_return(form=form_fields(return_type="Resubmission", supersedes_version=1)),
        "D67",
        "B",
        at("Return", "supersedes_version"),
        "Version 1 is not the latest that we accepted. That is version 2",
        how={"history": Past((replace(P06, version_no=2),))},
    ),
    Defect(
        "a resubmission that names no version",
        good_return(form=form_fields(return_type="Resubmission")),
        "D67",
        "B",
        at("Return", "supersedes_version"),
        "Enter 1",
        how={"history": Past((P06,))},
    ),
    Defect(
        "a restatement without a reason",
        good_return(form=form_fields(return_type="Restatement", supersedes_version=1, restatement_reason="error")),
        "D03",
        "B",
        at("Return", "restatement_reason"),
        "at least 20 characters",
        how={"history": Past((replace(P06, certification="Certified"),))},
    ),
    # F-B04.
    Defect(
        "a file name that disagrees",
        good_return(),
        "D03",
        "W",
        "",
        "PL 2021/22 P05, but the sheet says PL 2021/22 P06",
        how={"file_name": "TRR_PL_2021-22_P05_v1.xlsx"},
    ),
    Defect(
        "a label that is there twice",
        good_return({"Return!A30": "value_unit", "Return!B30": "£k"}),
        "D03",
        "B",
        "Return!B30",
        "twice, also for B9",
    ),
]


@each(DEFECTS)
def test_a_defect_of_the_return_sheet_is_named(defect):
    assert_found_and_nothing_else(defect)


def test_a_clean_return_says_nothing_but_who_has_to_sign():
    judgement = judged(good_return())
    assert judgement.verdict is Verdict.ACCEPTED
    assert judgement.certification == "Provisional"
    assert [(finding.rule, finding.cell) for finding in judgement.findings] == [("D52", "B20"), ("D52", "B22")]


def test_a_signed_return_is_certified():
    judgement = judged(good_return(form=form_fields(**SIGNED)))
    assert (judgement.certification, judgement.findings) == ("Certified", ())


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        ({"director_name": None}, "B20", "The director has not signed off"),
        ({"director_signoff_date": None}, "B21", "not on which day"),
        ({"finance_bp_signoff_date": date(2021, 10, 7)}, "B23", "before the return was prepared"),
        ({"finance_bp_name": "Somebody else"}, "B22", "not listed for PL"),
    ],
)
def test_a_certified_return_without_its_sign_off_is_provisional(change, where, says):
    judgement = judged(good_return(form=form_fields(**(SIGNED | change))))
    assert (judgement.verdict, judgement.certification) == (Verdict.ACCEPTED, "Provisional")
    assert [(finding.rule, finding.severity, finding.cell) for finding in judgement.findings] == [("D52", "C", where)]
    assert says in judgement.findings[0].message
    assert "Somebody else" not in judgement.findings[0].message


def test_a_return_received_on_the_evening_of_its_due_day_in_london_is_in_time():
    # 22:30 UTC on 15 October is 23:30 in London.
    assert found(judged(good_return(), received_at=datetime(2021, 10, 15, 22, 30, tzinfo=UTC)), "D50") == []
    assert found(judged(good_return(), received_at=datetime(2021, 10, 15, 23, 30, tzinfo=UTC)), "D50")


def test_nothing_in_force_for_the_period_is_initial_even_when_a_later_one_is():
    assert found(judged(good_return(), history=Past((P07,))), "D67") == []


def test_what_is_followed_by_a_later_period_is_restated():
    form = form_fields(return_type="Resubmission", supersedes_version=1)
    finding = found(judged(good_return(form=form), history=Past((P06, P07))), "D67")[0]
    assert "Choose Restatement" in finding.message
    assert finding.code == "version-conflict"


def test_a_proper_resubmission_is_accepted():
    form = form_fields(return_type="Resubmission", supersedes_version=1)
    judgement = judged(good_return(form=form), history=Past((P06,)))
    assert (judgement.verdict, told(judgement)) == (Verdict.ACCEPTED, [])


def test_nil_stands_for_any_type_but_names_what_it_replaces():
    nobody = reference_with(approved_plan=[])
    assert told(judged(nil_return(), data=nobody)) == []
    later = judged(nil_return(), data=nobody, history=Past((P06,)))
    assert told(later) == [("D67", "B", at("Return", "supersedes_version"))]


def test_a_sheet_for_another_directorate_is_refused_whoever_could_read_it():
    """F-B06, F-F10."""
    judgement = judged(good_return(), folder="AH")
    assert (judgement.verdict, judgement.refusal_code) == (Verdict.REFUSED, "not-authorised-for")
    assert judgement.fields == {}
    assert "'PL'" in judgement.findings[0].message


def test_an_unknown_directorate_is_refused():
    """F-B07."""
    judgement = judged(field("directorate_code", "Parks"))
    assert (judgement.verdict, judgement.refusal_code) == (Verdict.REFUSED, "unknown-directorate")
    assert "'Parks'" in judgement.findings[0].message


def test_an_unknown_folder_is_refused():
    """F-B07."""
    judgement = judged(good_return(), folder="Parks")
    assert (judgement.verdict, judgement.refusal_code) == (Verdict.REFUSED, "unknown-directorate")


def test_a_directorates_alias_is_the_directorate():
    assert judged(field("directorate_code", " place ")).fields["directorate_code"] == "PL"


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        (date(2021, 10, 11), Verdict.ACCEPTED),
        (date(2021, 10, 12), Verdict.REFUSED),
        (date(2027, 3, 31), Verdict.REFUSED),
        (None, Verdict.REFUSED),
    ],
)
def test_a_successor_may_send_for_the_directorate_before_it_once_that_has_ended(ends: date | None, verdict: Verdict):
    """F-B07: a directorate that became part of another; one that is announced sends nothing of it yet (R23)."""
    rows = [dict(row) for row in reference().tables["directorate"]]
    for row in rows:
        if row["directorate_code"] == "PL":
            row |= {"successor_code": "CO", "valid_to": ends}
    received_at = datetime(2021, 10, 12, 9, tzinfo=UTC)
    judgement = judged(good_return(), folder="CO", data=reference_with(directorate=rows), received_at=received_at)
    assert judgement.verdict is verdict
    assert (judgement.refusal_code == "not-authorised-for") is (verdict is Verdict.REFUSED)


def test_a_directorate_that_is_no_longer_there_is_blocked():
    """F-B07."""
    rows = [dict(row) for row in reference().tables["directorate"]]
    for row in rows:
        if row["directorate_code"] == "PL":
            row["valid_to"] = date(2021, 6, 30)
    judgement = judged(good_return(), data=reference_with(directorate=rows))
    assert ("D03", "B", at("Return", "directorate_code")) in told(judgement)


def test_another_template_version_is_refused():
    judgement = judged(field("template_version", "0.9"))
    assert (judgement.verdict, judgement.refusal_code) == (Verdict.REFUSED, "template-version")
    assert "0.9" in judgement.findings[0].message


def test_the_template_version_before_is_read_with_a_warning(monkeypatch):
    monkeypatch.setattr("sources.judging.checks.PREVIOUS_TEMPLATE_VERSION", "0.9")
    judgement = judged(field("template_version", "0.9"))
    assert told(judgement) == [("D02", "W", at("Return", "template_version"))]


def test_a_workbook_without_a_return_sheet_is_no_return():
    judgement = judged(without_sheet(good_return(), "Return"), received_at=datetime(2021, 10, 12, tzinfo=UTC))
    assert (judgement.verdict, judgement.refusal_code) == (Verdict.REFUSED, "not-a-return")


def test_what_the_reader_refused_keeps_its_code():
    judgement = judged(Refusal("zip-corrupt", "its end is missing"), received_at=datetime(2021, 10, 12, tzinfo=UTC))
    assert (judgement.verdict, judgement.refusal_code) == (Verdict.REFUSED, "zip-corrupt")
    assert [(finding.rule, finding.code) for finding in judgement.findings] == [("D01", "zip-corrupt")]
    assert "its end is missing" in judgement.findings[0].message


def test_what_the_reader_has_to_say_of_the_file_is_said():
    book = replace(good_return(), notes=(OPENED_WITHOUT_PASSWORD,))
    assert told(judged(book)) == [("D01", "W", "")]


def test_every_problem_is_reported_at_once():
    edits = {
        at("Return", "value_unit"): None,
        at("Savings", "projected_gbp"): "TBC",
        at("Savings", "status", 3): "Fine",
        at("Projects", "stage", 3): "Building",
    }
    assert [where for _, _, where in told(judged(good_return(edits)))] == list(edits)


REPLACING = {"supersedes_version": 1, "restatement_reason": "The ledger was corrected later."}
CERTIFIED_P06 = Past((replace(P06, certification="Certified"),))


@pytest.mark.parametrize("return_type", ["Restatement"])
def test_what_would_replace_a_certified_return_is_held(return_type):
    """Ruling D-2."""
    judgement = judged(good_return(form=form_fields(return_type=return_type, **REPLACING)), history=CERTIFIED_P06)
    assert judgement.verdict is Verdict.HELD
    assert told(judgement) == [("D78", "H", at("Return", "return_type"))]
    assert "version 1, which is certified" in found(judgement, "D78")[0].message


def test_what_replaces_a_provisional_return_is_not_held():
    """Ruling D-2."""
    form = form_fields(return_type="Resubmission", supersedes_version=1)
    assert judged(good_return(form=form), history=Past((P06,))).verdict is Verdict.ACCEPTED


def test_of_an_address_that_is_not_the_councils_the_end_alone_is_shown():
    """F-F08: a typo in the domain is seen, the person's name is not."""
    (finding,) = found(judged(good_return(form=form_fields(prepared_by_email="jo.bloggs@exmaple.org"))), "D03")
    assert "ends in @exmaple.org" in finding.message
    assert "bloggs" not in finding.message


def test_a_return_of_the_sample_is_refused_by_another_council_and_says_whose_it_is() -> None:
    """The workbook carries the code of the council that it was made for."""
    book = read_cells(sample_path("PL"), "return.xlsx")
    settings = [dict(row) for row in reference_with().tables["setting"]]
    ours = [row | ({"value": "E99000001"} if row["name"] == "council_code" else {}) for row in settings]
    nobodys = [row for row in settings if row["name"] != "council_code"]
    refused = judged(book, data=reference_with(setting=ours))
    assert (refused.verdict, refused.refusal_code) == (Verdict.REFUSED, "other-council")
    assert "made for another council, with the code E06000059. Ours is E99000001." in refused.findings[0].wrong
    assert judged(book).verdict is not Verdict.REFUSED
    assert judged(book, data=reference_with(setting=nobodys)).verdict is not Verdict.REFUSED
