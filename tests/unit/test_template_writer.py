"""The workbook that is written from the declaration of the template."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from sources.contract.formulas import EXPLANATION_NEEDED, TO_MEND, UNEXPLAINED, line_formulas
from sources.contract.writer import write_template
from sources.reference.reference import Reference, bundled_reference, read_reference
from sources.template.declaration import (
    GUIDANCE_SHEET,
    LISTS_SHEET,
    RETURN_FIELDS,
    RETURN_SHEET,
    SAVINGS,
    SHEETS,
    TEMPLATE_VERSION,
    Kind,
    Sheet,
)

LINE = {
    "saving_ref": "AH-21-001",
    "baseline_gbp": Decimal(1000),
    "projected_gbp": Decimal(1000),
    "deferred_gbp": Decimal(0),
    "undeliverable_gbp": Decimal(0),
}


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(bundled_reference())


@pytest.fixture(scope="module")
def blank(reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "AH.xlsx"
    write_template(path, "AH", "2021/22", "P06", reference)
    return path


@pytest.fixture(scope="module")
def book(blank: Path) -> Any:
    return load_workbook(blank)


def validation(book: Any, sheet: Sheet, column: str) -> Any:
    """Return what the first row's cell of a column accepts."""
    number = [each.name for each in sheet.columns].index(column) + 1
    cell = book[sheet.name].cell(2, number).coordinate
    (found,) = [each for each in book[sheet.name].data_validations.dataValidation if cell in each.sqref]
    return found


def listed(book: Any, formula: str) -> list[object]:
    """Return the words of the range that a drop-down reads."""
    sheet, _, cells = formula.partition("!")
    return [cell.value for (cell,) in book[sheet][cells.replace("$", "")]]


def test_it_has_every_sheet_and_lists_is_hidden(book: Any) -> None:
    assert book.sheetnames == [RETURN_SHEET, *(sheet.name for sheet in SHEETS), LISTS_SHEET, GUIDANCE_SHEET]
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == [LISTS_SHEET]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_each_header_is_the_templates_column_name(book: Any, sheet: Sheet) -> None:
    assert [cell.value for cell in book[sheet.name][1]] == [
        *(column.name for column in sheet.columns),
        *sheet.own_columns,
    ]


def test_the_return_sheet_has_every_label_once(book: Any) -> None:
    labels = [cell.value for cell in book[RETURN_SHEET]["A"]]
    assert [label for label in labels if label in {field.name for field in RETURN_FIELDS}] == [
        field.name for field in RETURN_FIELDS
    ]


def test_what_follows_from_directorate_and_period_is_filled_in(book: Any) -> None:
    values = {row[0]: row[1] for row in book[RETURN_SHEET].iter_rows(values_only=True)}
    assert values["template_version"] == TEMPLATE_VERSION
    assert (values["directorate_code"], values["reporting_year"], values["reporting_period"]) == (
        "AH",
        "2021/22",
        "P06",
    )
    assert values["as_at_date"].date() == date(2021, 9, 30)
    assert (values["value_unit"], values["sign_convention"]) == ("GBP", "saving_positive")


def test_the_version_is_a_property_of_the_document(book: Any) -> None:
    assert {each.name: each.value for each in book.custom_doc_props.props} == {"template_version": TEMPLATE_VERSION}


def test_the_lines_of_the_plan_are_there_and_locked(book: Any) -> None:
    sheet = book["Savings"]
    names = [column.name for column in SAVINGS.columns]
    rows = [dict(zip(names, row, strict=False)) for row in sheet.iter_rows(min_row=2, max_row=6)]
    assert [row["saving_ref"].value for row in rows] == [f"AH-21-00{number}" for number in range(1, 6)]
    assert sum(row["baseline_gbp"].value for row in rows) == 6582000
    assert sheet.protection.sheet
    for row in rows:
        assert row["saving_ref"].protection.locked
        assert row["baseline_gbp"].protection.locked
        assert not row["deferred_gbp"].protection.locked


def test_an_empty_row_can_be_filled_in(book: Any) -> None:
    dimensions = book["Savings"].column_dimensions.values()
    locked = {number: each.protection.locked for each in dimensions for number in range(each.min, each.max + 1)}
    assert not any(locked[number] for number in range(1, len(SAVINGS.columns) + 1))
    assert all(locked[len(SAVINGS.columns) + number] for number in (1, 2, 3, 4))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_each_list_column_offers_the_words_of_the_reference_data(book: Any, sheet: Sheet, reference: Reference) -> None:
    own = {
        "directorate": list(reference.directorates_on(date(2021, 9, 30))),
        "service": list(reference.services_of("AH", date(2021, 9, 30))),
    }
    for column in sheet.columns:
        if column.kind is Kind.LIST:
            offered = validation(book, sheet, column.name)
            assert offered.type == "list"
            words = own.get(column.vocabulary or "") or list(reference.vocabulary(column.vocabulary or ""))
            assert listed(book, offered.formula1) == words


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_amount_can_be_typed_below_0(book: Any, sheet: Sheet) -> None:
    for column in sheet.columns:
        if column.kind is Kind.MONEY:
            accepted = validation(book, sheet, column.name)
            assert (accepted.type, accepted.operator, accepted.formula1) == ("decimal", "greaterThanOrEqual", "0")


def test_a_deferral_takes_an_amount_or_na(book: Any) -> None:
    assert validation(book, SAVINGS, "deferred_gbp").formula1 == 'OR(N2="N/A",AND(ISNUMBER(N2),N2>=0))'


def test_a_text_cannot_be_longer_than_the_declaration_says(book: Any) -> None:
    accepted = validation(book, SAVINGS, "saving_title")
    assert (accepted.type, accepted.formula1) == ("textLength", "120")


def test_a_line_and_plan_year_can_be_typed_once(book: Any) -> None:
    formula = validation(book, SAVINGS, "saving_ref").formula1
    assert formula == "COUNTIFS($A$2:$A$1001,$A2,$E$2:$E$1001,$E2)<=1"


def test_a_project_is_chosen_from_the_projects_sheet(book: Any) -> None:
    assert validation(book, SAVINGS, "project_ref").formula1 == "Projects!$A$2:$A$1001"


def test_the_guidance_names_every_column_and_every_word(book: Any, reference: Reference) -> None:
    rows = list(book[GUIDANCE_SHEET].iter_rows(values_only=True))
    said = {(row[0], row[1]) for row in rows}
    assert {(sheet.name, column.name) for sheet in SHEETS for column in sheet.columns} <= said
    assert {(RETURN_SHEET, field.name) for field in RETURN_FIELDS} <= said
    assert {(row["vocabulary"], row["code"]) for row in reference.tables["vocabulary"]} <= said


def test_a_blank_return_says_what_is_to_be_filled_in_before_it_is_opened(blank: Path) -> None:
    book = load_workbook(blank, data_only=True)
    line = dict(
        zip([cell.value for cell in book["Savings"][1]], [cell.value for cell in book["Savings"][2]], strict=True)
    )
    assert line["to_mend"].startswith("project_ref is empty (D10). saving_title is empty (D10).")
    block = {(row[0], row[1]): row[3:5] for row in book[GUIDANCE_SHEET].iter_rows(values_only=True, max_col=5)}
    assert (block["Savings", "D10"], block["Savings", "D11"]) == ((5, 2), (0, None))
    assert "look at the sheet Guidance" in " ".join(str(cell.value) for cell in book[RETURN_SHEET]["C"])


def test_what_is_to_be_mended_is_said_by_live_formulas(book: Any) -> None:
    headings = [cell.value for cell in book["Savings"][1]]
    shown = book["Savings"].cell(2, headings.index(TO_MEND) + 1).value
    assert shown.startswith('=IF(COUNTA($A2:$Y2)=0,"",IFERROR(TRIM(')
    rows = {(row[0].value, row[1].value): row for row in book[GUIDANCE_SHEET].iter_rows(max_col=5)}
    _, _, _, count, first = rows["Savings", "D37"]
    condition = '((0+((Savings!$F$2:$F$1001="Cost avoidance")*(Savings!$G$2:$G$1001="Cashable")))>0)'
    assert count.value == f'=IFERROR(SUMPRODUCT(--{condition}),"a cell holds an error")'
    assert first.value == (
        f'=IF(N($D${count.row})=0,"",1002-SUMPRODUCT(MAX({condition}*(1002-ROW(Savings!$A$2:$A$1001)))))'
    )


def test_the_same_content_gives_the_same_bytes(blank: Path, reference: Reference, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_template(again, "AH", "2021/22", "P06", reference)
    assert again.read_bytes() == blank.read_bytes()


def test_a_period_that_is_not_collected_has_no_template(reference: Reference, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2021/22 P05 is not collected"):
        write_template(tmp_path / "AH.xlsx", "AH", "2021/22", "P05", reference)


def test_a_directorate_that_there_is_not_has_no_template(reference: Reference, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ZZ is no directorate on 2021-09-30: choose from AH, CH, PL, CO"):
        write_template(tmp_path / "ZZ.xlsx", "ZZ", "2021/22", "P06", reference)


def test_text_that_looks_like_a_formula_stays_text(reference: Reference, tmp_path: Path) -> None:
    path = tmp_path / "AH.xlsx"
    write_template(path, "AH", "2021/22", "P06", reference, rows=[{**LINE, "notes": "=1+1"}])
    cell = load_workbook(path)["Savings"]["Y2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_pence_and_whole_pounds_are_written_exactly(reference: Reference, tmp_path: Path) -> None:
    path = tmp_path / "AH.xlsx"
    rows = [{**LINE, "achieved_to_date_gbp": Decimal("999999999999.99"), "baseline_gbp": Decimal("1000.00")}]
    write_template(path, "AH", "2021/22", "P06", reference, rows=rows)
    sheet = load_workbook(path)["Savings"]
    assert (str(sheet["L2"].value), sheet["J2"].value) == ("999999999999.99", 1000)


@pytest.mark.parametrize(
    ("row", "unexplained", "needed"),
    [
        ({}, 0, "No"),
        ({"projected_gbp": Decimal("999.99")}, Decimal("0.01"), "Yes"),
        ({"projected_gbp": None}, 1000, "Yes"),
        ({"projected_gbp": Decimal(600), "deferred_gbp": Decimal(400)}, 0, "No"),
        ({"deferred_gbp": "N/A"}, 0, "No"),
        ({"projected_gbp": Decimal(1500)}, 0, "No"),
        ({"projected_gbp": Decimal(1501)}, 0, "Yes"),
        ({"projected_gbp": Decimal(1501), "variance_explanation": "Twice as many took it up: £501."}, 0, "Given"),
        ({"projected_gbp": Decimal(1501), "variance_explanation": "More."}, 0, "Yes"),
        ({"deferred_gbp": Decimal(5)}, -5, "Yes"),
    ],
)
def test_a_line_shows_what_is_unexplained_and_whether_to_say_why(
    reference: Reference, row: dict[str, Any], unexplained: Decimal, needed: str
) -> None:
    formulas = line_formulas(2, {**LINE, **row}, reference)
    assert (formulas[UNEXPLAINED][1], formulas[EXPLANATION_NEEDED][1]) == (unexplained, needed)


@pytest.mark.parametrize(("last", "needed"), [(None, "No"), (950_000, "No"), (1_100_000, "No"), (1_111_112, "Yes")])
def test_a_projection_that_moved_a_tenth_has_to_be_explained(
    reference: Reference, last: int | None, needed: str
) -> None:
    row = {**LINE, "baseline_gbp": Decimal(1_000_000), "projected_gbp": Decimal(1_000_000)}
    row["projected_last_period_gbp"] = None if last is None else Decimal(last)
    assert line_formulas(2, row, reference)[EXPLANATION_NEEDED][1] == needed


def test_a_spare_row_shows_nothing(reference: Reference) -> None:
    assert {value for _, value in line_formulas(9, {}, reference).values()} == {""}
