"""The workbook that is written from the declaration of the template."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from xlsxwriter.worksheet import Worksheet

from sources.contract import paper
from sources.contract.heights import height, lines_needed
from sources.contract.lists import list_ranges, lists
from sources.contract.live_formulas import live
from sources.contract.places import LAST_ROW
from sources.contract.writer import write_template
from sources.reference.reference import Reference, bundled_reference, read_reference
from sources.template.declaration import (
    FIXED_FIELDS,
    GUIDANCE_SHEET,
    LISTS_SHEET,
    RETURN_FIELDS,
    RETURN_SHEET,
    SAVINGS,
    SHEETS,
    START_SHEET,
    TEMPLATE_VERSION,
    Kind,
    Sheet,
)
from tests.headings import cell_of, column_number, fields_of, rows_of

SMALLEST_SCALE = 60  # per cent: 10 points are 6 on paper
EXCEL_LONGEST_FORMULA, EXCEL_LONGEST_TEXT, EXCEL_LONGEST_TITLE, EXCEL_HIGHEST_ROW = 8192, 255, 32, 409
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


@pytest.fixture(scope="module")
def untouched(blank: Path) -> Any:
    """The workbook for tests that ask which cells it has: iterating over rows would make more."""
    return load_workbook(blank)


def test_formulas_are_written_as_xlsxwriter_itself_writes_them(
    blank: Path, reference: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Issue 13.6: a sheet of ours skips XlsxWriter's searches; the workbook is the same to the byte."""
    monkeypatch.setattr(paper, "_Page", Worksheet)
    write_template(tmp_path / blank.name, "AH", "2021/22", "P06", reference)
    assert (tmp_path / blank.name).read_bytes() == blank.read_bytes()


def validation(book: Any, sheet: Sheet, column: str) -> Any:
    """Return what the first row's cell of a column accepts."""
    cell = cell_of(book, sheet.name, column).coordinate
    (found,) = [each for each in book[sheet.name].data_validations.dataValidation if cell in each.sqref]
    return found


def listed(book: Any, formula: str) -> list[object]:
    """Return the words of the range that a drop-down reads."""
    sheet, _, cells = formula.partition("!")
    return [cell.value for (cell,) in book[sheet][cells.replace("$", "")]]


def column_style(page: Any, column: int) -> Any:
    """Return the style of a column, which columns that are alike share; None if it has none."""
    styles = page.column_dimensions.values()
    return next((each for each in styles if each.min <= column <= each.max and each.has_style), None)


def is_locked(page: Any, row: int, column: int) -> bool:
    """Return whether a cell is locked: by its own style, else its column's, else as Excel does by default."""
    cell = page._cells.get((row, column))
    if cell is not None:
        return bool(cell.protection.locked)
    style = column_style(page, column)
    return style is None or bool(style.protection.locked)


def test_it_has_every_sheet_and_lists_is_hidden(book: Any) -> None:
    tables = [sheet.name for sheet in SHEETS]
    assert book.sheetnames == [START_SHEET, RETURN_SHEET, *tables, LISTS_SHEET, GUIDANCE_SHEET]
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == [LISTS_SHEET]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_each_column_has_its_heading(book: Any, sheet: Sheet) -> None:
    """Ruling A1."""
    assert [cell.value for cell in book[sheet.name][1]] == [column.heading for column in sheet.layout]


@pytest.mark.parametrize("directorate", ["AH", "CH", "PL", "CO"])
def test_every_example_of_a_reference_is_the_directorate_s_own(
    directorate: str, reference: Reference, tmp_path: Path
) -> None:
    write_template(tmp_path / "blank.xlsx", directorate, "2021/22", "P06", reference, rows=[])
    book = load_workbook(tmp_path / "blank.xlsx")
    cells = [str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value]
    prompts = [str(each.prompt) for page in book for each in page.data_validations.dataValidation]
    texts = "\n".join((*cells, *prompts))
    assert f"It looks like {directorate}-01-001." in texts
    assert f"put it into your folder ({directorate})" in texts
    assert {code for code, _ in re.findall(r"\b(AH|CH|PL|CO)-(\d{2}-\d{3})\b", texts)} == {directorate}


def test_no_name_of_a_field_is_shown(book: Any) -> None:
    """Ruling A1: a person reads headings alone."""
    visible = [sheet for sheet in book if sheet.sheet_state == "visible"]
    said = [str(cell.value) for sheet in visible for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    validations = [each for sheet in visible for each in sheet.data_validations.dataValidation]
    said += [text for each in validations for text in (each.promptTitle, each.prompt, each.errorTitle, each.error)]
    names = {column.name for sheet in SHEETS for column in sheet.layout} | {field.name for field in RETURN_FIELDS}
    assert [text for text in said for name in names if "_" in name and name in text] == []


def test_what_to_correct_is_next_to_the_reference_in_the_frozen_pane(book: Any) -> None:
    """Ruling A3."""
    assert [cell.value for cell in book["Savings"][1]][:2] == ["Reference", "To correct"]
    assert book["Savings"].freeze_panes == "C2"
    assert cell_of(book, "Savings", "to_correct").alignment.wrap_text


def test_the_return_sheet_has_every_label_once(book: Any) -> None:
    headings = [field.heading for field in RETURN_FIELDS]
    assert [cell.value for cell in book[RETURN_SHEET]["A"] if cell.value in headings] == headings


def test_what_follows_from_directorate_and_period_is_filled_in(book: Any) -> None:
    values = fields_of(book)
    assert values["template_version"] == TEMPLATE_VERSION
    assert (values["directorate_code"], values["reporting_year"], values["reporting_period"]) == (
        "AH",
        "2021/22",
        "P06",
    )
    assert values["as_at_date"].date() == date(2021, 9, 30)
    assert (values["value_unit"], values["sign_convention"]) == ("GBP", "saving_positive")


def test_the_version_and_the_council_are_properties_of_the_document(book: Any) -> None:
    said = {each.name: each.value for each in book.custom_doc_props.props}
    assert said == {"template_version": TEMPLATE_VERSION, "council_code": "E06000059"}


def test_the_lines_of_the_plan_are_there(book: Any) -> None:
    rows = list(rows_of(book, "Savings"))
    assert [row["saving_ref"] for row in rows] == [f"AH-21-00{number}" for number in range(1, 6)]
    assert sum(row["baseline_gbp"] for row in rows) == 6582000


@pytest.mark.parametrize("field", RETURN_FIELDS, ids=lambda field: field.name)
def test_a_label_can_be_filled_in_unless_the_template_does(book: Any, field: Any) -> None:
    """Ruling A2: an empty value gets a cell of its own, or Excel would take it for locked."""
    cell = cell_of(book, RETURN_SHEET, field.name)
    assert is_locked(book[RETURN_SHEET], cell.row, cell.column) is (field.name in FIXED_FIELDS)


@pytest.mark.parametrize(
    ("sheet", "column"),
    [pytest.param(sheet, each, id=f"{sheet.name}-{each.name}") for sheet in SHEETS for each in sheet.layout],
)
def test_every_cell_of_a_column_of_the_declaration_can_be_typed_into_and_no_other(
    untouched: Any, sheet: Sheet, column: Any
) -> None:
    """Ruling A2, for every row that formulas reach to."""
    page, number = untouched[sheet.name], column_number(untouched, sheet.name, column.name)
    locked = {is_locked(page, row, number) for row in range(2, LAST_ROW + 1)}
    assert locked == {column not in sheet.columns}
    assert is_locked(page, 1, number)


def test_all_other_cells_are_locked_and_people_may_look_at_them_as_they_like(book: Any) -> None:
    """Ruling A2: format, widen, filter; sort where no cell of the template's own is among them (decision 0012)."""
    with_own_columns = {sheet.name for sheet in SHEETS if sheet.own_columns}
    for page in book:
        allowed = page.protection
        assert allowed.sheet
        flags = (allowed.formatCells, allowed.formatColumns, allowed.formatRows, allowed.autoFilter)
        assert not any(flags)  # False: not forbidden
        is_table = page.title in {sheet.name for sheet in SHEETS}
        assert allowed.sort is not (is_table and page.title not in with_own_columns)
        assert is_locked(page, 1, 1)
        assert is_locked(page, 500, page.max_column + 1)
    for name in (START_SHEET, GUIDANCE_SHEET, LISTS_SHEET):
        assert all(cell.protection.locked for row in book[name].iter_rows() for cell in row)


@pytest.mark.parametrize("name", [START_SHEET, RETURN_SHEET, *(sheet.name for sheet in SHEETS), GUIDANCE_SHEET])
def test_each_sheet_prints_on_landscape_a4_with_its_headings_on_every_page(book: Any, name: str) -> None:
    """Ruling A4; Savings on two pages next to each other, large enough to be read (decision 0012)."""
    page = book[name]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    if name == SAVINGS.name:
        assert [each.id for each in page.col_breaks.brk] == [column_number(book, name, "deferred_gbp") - 1]
        assert page.page_setup.scale >= SMALLEST_SCALE
        assert page.print_title_cols == "$A:$A"
    else:
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.fitToWidth in (None, 1)  # 1 where nothing is said
    assert page.print_title_rows
    footer = page.oddFooter
    assert footer.left.text.replace("&&", "&") == "Dorset Council: savings return, Adults & Housing, 2021/22 P06"
    assert (footer.center.text, footer.right.text) == ("&A", "Page &P of &N")


def test_nothing_is_longer_than_excel_takes(book: Any, reference: Reference) -> None:
    formulas = [str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    ranges = list_ranges(lists(reference, "AH", "2021/22", "P06", date(2021, 9, 30)))
    assert len(formulas) > len(live(reference, ranges, "AH").tallies)
    for page in book:
        formulas += [rule.formula[0] for each in page.conditional_formatting for rule in each.rules]
        for each in page.data_validations.dataValidation:
            assert len(each.error or "") <= EXCEL_LONGEST_TEXT
            assert len(each.prompt or "") <= EXCEL_LONGEST_TEXT
            assert max(len(each.errorTitle or ""), len(each.promptTitle or "")) <= EXCEL_LONGEST_TITLE
    assert max(map(len, formulas)) <= EXCEL_LONGEST_FORMULA
    assert max(len(text) for formula in formulas for text in formula.split('"')[1::2]) <= EXCEL_LONGEST_TEXT


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_word_of_a_list_is_not_cut_off(book: Any, sheet: Sheet) -> None:
    """Ruling A3: a word wraps where it is longer than its column, and no part of it is."""
    for column in sheet.columns:
        if column.kind is Kind.LIST:
            cell = cell_of(book, sheet.name, column.name)
            style = column_style(book[sheet.name], cell.column)
            words = listed(book, validation(book, sheet, column.name).formula1)
            assert max(len(part) for word in words for part in str(word).split()) <= style.width
            assert style.alignment.wrap_text


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_word_of_a_heading_is_cut_off(book: Any, sheet: Sheet) -> None:
    page = book[sheet.name]
    for column in sheet.layout:
        cell = cell_of(book, sheet.name, column.name, row=1)
        room = column_style(page, cell.column).width
        assert max(lines_needed(word, room, is_bold=True) for word in column.heading.split()) == 1
        assert page.row_dimensions[1].height >= height([lines_needed(column.heading, room, is_bold=True)], least=0)


def test_a_row_is_as_high_as_the_longest_of_its_texts(reference: Reference, tmp_path: Path) -> None:
    path = tmp_path / "AH.xlsx"
    texts = ["Short.", "Demand rose. " * 20, "Demand rose. " * 150]
    rows = [{**LINE, "saving_ref": f"AH-21-00{number}", "notes": text} for number, text in enumerate(texts, start=1)]
    write_template(path, "AH", "2021/22", "P06", reference, rows=rows)
    heights = [load_workbook(path)["Savings"].row_dimensions[number].height for number in (2, 3, 4)]
    assert heights[0] < heights[1] < heights[2] <= EXCEL_HIGHEST_ROW


def test_amounts_show_whole_pounds_and_pence_where_there_are_any(book: Any) -> None:
    """No penny is hidden by the format of the cell: the colouring of cells shows it."""
    for sheet in SHEETS:
        rules = book[sheet.name].conditional_formatting
        for column in sheet.columns:
            if column.is_money:
                cell = cell_of(book, sheet.name, column.name)
                styles = [rule.dxf for each in rules if cell.coordinate in each for rule in each.rules]
                assert column_style(book[sheet.name], cell.column).number_format == "#,##0"
                assert [each.numFmt.formatCode for each in styles if each.numFmt] == ["#,##0.00"]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_date_is_between_the_days_that_the_council_set(book: Any, sheet: Sheet, reference: Reference) -> None:
    """Ruling D-4."""
    earliest = "earliest_project_date" if sheet.name in ("Projects", "Investment") else "earliest_date"
    days = [str((reference.day(name) - date(1899, 12, 30)).days) for name in (earliest, "latest_date")]
    for column in sheet.columns:
        if column.kind is Kind.DATE:
            accepted = validation(book, sheet, column.name)
            assert [accepted.formula1, accepted.formula2] == days


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
    cell = cell_of(book, "Savings", "deferred_gbp").coordinate
    accepted = validation(book, SAVINGS, "deferred_gbp").formula1
    assert accepted == f'OR({cell}="N/A",AND(ISNUMBER({cell}),{cell}>=0))'


def test_a_text_cannot_be_longer_than_the_declaration_says(book: Any) -> None:
    accepted = validation(book, SAVINGS, "saving_title")
    assert (accepted.type, accepted.formula1) == ("textLength", "120")


def test_a_line_and_plan_year_can_be_typed_once(book: Any) -> None:
    ref, year = (cell_of(book, "Savings", name).column_letter for name in ("saving_ref", "plan_year"))
    pairs = ",".join(f"${letter}$2:${letter}${LAST_ROW},${letter}2" for letter in (ref, year))
    assert validation(book, SAVINGS, "saving_ref").formula1 == f"COUNTIFS({pairs})<=1"


def test_a_project_is_chosen_from_the_projects_sheet(book: Any) -> None:
    assert validation(book, SAVINGS, "project_ref").formula1 == f"Projects!$A$2:$A${LAST_ROW}"


def test_the_guidance_names_every_column_and_every_word(book: Any, reference: Reference) -> None:
    rows = list(book[GUIDANCE_SHEET].iter_rows(values_only=True))
    said = {(row[0], row[1]) for row in rows}
    assert {(sheet.name, column.heading) for sheet in SHEETS for column in sheet.columns} <= said
    assert {(RETURN_SHEET, field.heading) for field in RETURN_FIELDS} <= said
    assert {row["code"] for row in reference.tables["vocabulary"]} <= {cell for row in rows for cell in row}


def test_the_same_content_gives_the_same_bytes(blank: Path, reference: Reference, tmp_path: Path) -> None:
    again = tmp_path / blank.name
    write_template(again, "AH", "2021/22", "P06", reference)
    assert again.read_bytes() == blank.read_bytes()


def test_the_start_sheet_calls_the_workbook_by_the_name_of_its_file(reference: Reference, tmp_path: Path) -> None:
    """A workbook for correcting is a second version, and the receipt names it so."""
    path = tmp_path / "TRR_AH_2021-22_P06_v2.xlsx"
    write_template(path, "AH", "2021/22", "P06", reference)
    steps = [str(cell) for row in load_workbook(path)[START_SHEET].iter_rows(values_only=True) for cell in row if cell]
    assert [step for step in steps if step.startswith(f"Save the workbook as {path.name}, ")]


def test_a_period_that_is_not_collected_has_no_template(reference: Reference, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2021/22 P05 is not collected"):
        write_template(tmp_path / "AH.xlsx", "AH", "2021/22", "P05", reference)


def test_a_directorate_that_there_is_not_has_no_template(reference: Reference, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there was no directorate ZZ on 2021-09-30: choose from AH, CH, PL, CO"):
        write_template(tmp_path / "ZZ.xlsx", "ZZ", "2021/22", "P06", reference)


def test_text_that_looks_like_a_formula_stays_text(reference: Reference, tmp_path: Path) -> None:
    path = tmp_path / "AH.xlsx"
    write_template(path, "AH", "2021/22", "P06", reference, rows=[{**LINE, "notes": "=1+1"}])
    cell = cell_of(load_workbook(path), "Savings", "notes")
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_pence_and_whole_pounds_are_written_exactly(reference: Reference, tmp_path: Path) -> None:
    path = tmp_path / "AH.xlsx"
    rows = [{**LINE, "achieved_to_date_gbp": Decimal("999999999999.99"), "baseline_gbp": Decimal("1000.00")}]
    write_template(path, "AH", "2021/22", "P06", reference, rows=rows)
    book = load_workbook(path)
    achieved, baseline = (cell_of(book, "Savings", name).value for name in ("achieved_to_date_gbp", "baseline_gbp"))
    assert (str(achieved), baseline) == ("999999999999.99", 1000)
