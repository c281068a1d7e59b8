"""The questions that are asked of reference data, on Dorset's 2021/22."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sources.reference.reference import Reference, bundled_reference, read_reference
from tests.reference_folder import add_rows, copy_of_bundled, replace_text
from tests.returns import reference_with


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(bundled_reference())


def test_returns_are_expected_of_the_three_directorates_of_table_1_from_p06_on(reference: Reference) -> None:
    expected = [code for code in ("AH", "CH", "PL", "CO") if reference.is_expected(code, "2021/22", "P06")]
    assert expected == ["AH", "CH", "PL"]
    assert not reference.is_expected("AH", "2021/22", "P05")
    assert reference.is_expected("AH", "2022/23", "P01")


def test_a_period_that_is_not_collected_has_no_calendar_row(reference: Reference) -> None:
    assert reference.calendar("2021/22", "P05") is None
    assert reference.calendar("2020/21", "P06") is None


def test_p06_is_as_at_30_september_and_due_15_october(reference: Reference) -> None:
    row = reference.calendar("2021/22", "P06")
    assert row is not None
    assert (row["as_at_date"], row["return_due_date"]) == (date(2021, 9, 30), date(2021, 10, 15))


def test_closedown_is_as_at_31_march(reference: Reference) -> None:
    row = reference.calendar("2021/22", "P13")
    assert row is not None
    assert row["as_at_date"] == date(2022, 3, 31)


def test_a_vocabulary_comes_in_its_order(reference: Reference) -> None:
    assert reference.vocabulary("rag") == ("Blue", "Green", "Amber", "Red", "Grey")
    assert reference.vocabulary("no such") == ()


def test_every_source_word_for_a_status_has_one_status(reference: Reference) -> None:
    aliases = reference.status_aliases()
    assert aliases["slippage"] == "Delayed"
    assert aliases["unitemised"] == "Not yet quantified"
    assert set(aliases.values()) == set(reference.vocabulary("status")) - {"Not started"}


def test_a_limit_is_an_exact_number(reference: Reference) -> None:
    assert reference.limit("rag_red_counted_below") == Decimal("0.75")
    assert reference.setting("years_kept") == "5"


def test_services_are_those_of_the_directorate(reference: Reference) -> None:
    assert reference.services_of("CH", date(2021, 9, 30)) == {
        "CH-CAR": "Care and protection",
        "CH-EDU": "Education and learning",
        "CH-COM": "Commissioning and partnerships",
    }


def test_the_report_prints_12_and_14_projects(reference: Reference) -> None:
    printed = [row["list"] for row in reference.printed_projects()]
    assert (printed.count("10.5"), printed.count("10.6")) == (12, 14)


def test_no_decision_is_recorded_yet(reference: Reference) -> None:
    assert not reference.decision_exists("D-1")


def test_no_name_of_a_person_is_bundled(reference: Reference) -> None:
    assert {row["finance_bp_name"].split(",")[0] for row in reference.tables["finance_bp"]} == {
        "Finance business partner"
    }


def test_the_partner_of_a_directorate_signs_for_it_alone(reference: Reference) -> None:
    assert reference.finance_bps("PL", date(2021, 9, 30)) == ("Finance business partner, Place (illustrative)",)
    assert reference.finance_bps("PL", date(2019, 3, 31)) == ()


def test_a_post_may_do_what_it_is_given_from_its_own_account(reference: Reference) -> None:
    assert reference.may("Chief accountant", "adopt", "finance")
    assert not reference.may("Chief accountant", "adopt", "programme")
    assert not reference.may("Chief accountant", "tag", "finance")


def test_programme_year_1_is_2021_22_and_years_2_and_5_are_in_two_phases(reference: Reference) -> None:
    number = {row["financial_year"]: row["programme_year_no"] for row in reference.tables["financial_year"]}
    phases: dict[int, list[str]] = {}
    for row in reference.tables["year_phase"]:
        phases.setdefault(number[row["financial_year"]], []).append(row["phase_code"])
    assert (number["2019/20"], number["2021/22"], number["2030/31"]) == (-1, 1, 10)
    assert [year for year, codes in phases.items() if len(codes) == 2] == [2, 5]
    assert set(phases) == set(range(1, 11))


def test_table_1_is_claimed_cell_by_cell(reference: Reference) -> None:
    claims = {row["claim_ref"]: row for row in reference.tables["published_claim"]}
    printed = {
        code: [claims[f"{claim}.{number}"]["printed_value"] for number in (1, 2, 3)]
        for claim, code in (("C10", "AH"), ("C11", "CH"), ("C12", "PL"), ("C13", "ALL"))
    }
    assert printed == {
        "AH": [6582000, 3027000, 500000],
        "CH": [1870000, 1870000, 0],
        "PL": [2393000, 510500, 1604000],
        "ALL": [10845000, 5407500, 2104000],
    }


def test_every_claim_of_the_report_is_there_and_only_figures_of_table_1_are_testable(reference: Reference) -> None:
    rows = reference.tables["published_claim"]
    assert {row["claim_ref"].split(".")[0] for row in rows} == {f"C{number:02d}" for number in range(1, 27)}
    testable = {row["claim_ref"].split(".")[0] for row in rows if row["is_testable"]}
    assert testable == {"C02", "C03", "C10", "C11", "C12", "C13", "C14", "C15"}
    assert all(row["caveat"] for row in rows if not row["is_testable"])


def test_an_interval_is_half_a_unit_of_the_last_printed_digit_either_way(reference: Reference) -> None:
    claims = {row["claim_ref"]: row for row in reference.tables["published_claim"]}
    assert (claims["C02"]["value_low"], claims["C02"]["value_high"]) == (5750000, 5850000)
    assert (claims["C05.1"]["value_low"], claims["C05.1"]["value_high"]) == (7500000, 10500000)
    assert (claims["C10.3"]["value_low"], claims["C10.3"]["value_high"]) == (Decimal("499999.5"), Decimal("500000.5"))


@pytest.fixture
def reorganised(tmp_path: Path) -> Reference:
    """Return the folder after Place went on as Environment."""
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "directorate", "PL,Place,2019-04-01,,", "PL,Place,2019-04-01,2024-03-31,EN")
    add_rows(folder, "directorate", ["EN,Environment,2024-04-01,,"])
    expected = folder / "expected_return.csv"
    kept = [line for line in expected.read_text("utf-8").splitlines() if not ("PL," in line and line[3:7] > "2023")]
    expected.write_text("\n".join([*kept, ""]), "utf-8")
    return read_reference(folder)


def test_a_directorate_in_force_is_in_force_on_its_first_and_last_day(reorganised: Reference) -> None:
    standing = {
        day: [code for code in reorganised.directorates_on(day) if code in ("PL", "EN")]
        for day in (date(2019, 3, 31), date(2019, 4, 1), date(2024, 3, 31), date(2024, 4, 1))
    }
    assert list(standing.values()) == [[], ["PL"], ["PL"], ["EN"]]


def test_a_directorate_leads_to_its_successor_and_not_back(reorganised: Reference) -> None:
    assert reorganised.leads_to("PL", "EN")
    assert reorganised.leads_to("PL", "PL")
    assert not reorganised.leads_to("EN", "PL")
    assert not reorganised.leads_to("AH", "EN")


@pytest.mark.parametrize(("day", "leads"), [(date(2024, 3, 31), False), (date(2024, 4, 1), True)])
def test_a_successor_that_is_announced_has_not_begun(reorganised: Reference, day: date, leads: bool) -> None:
    assert reorganised.leads_to("PL", "EN", by=day) is leads
    assert reorganised.leads_to("PL", "PL", by=day)


@pytest.mark.parametrize(
    ("path", "folder"),
    [(None, "PL"), (r"\\files\savings", r"\\files\savings\PL"), ("/mnt/savings/", "/mnt/savings/PL")],
)
def test_a_landing_folder_is_called_by_the_path_that_officers_know_else_by_its_name(
    path: str | None, folder: str
) -> None:
    rows = [] if path is None else [{"name": "landing_path", "value": path, "meaning": ""}]
    assert reference_with(setting=rows).landing_folder("PL") == folder
