"""What only XML made by hand shows: cells as Excel, Google Sheets, LibreOffice and strict writers make them."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils import get_column_letter

from sources.reader.cells import Cell, CellKind
from sources.reader.workbook import read_cells
from tests import hostile
from tests.second_opinion import as_workbook


def cells_of(tmp_path: Path, data: bytes) -> dict[str, Cell]:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    return {
        cell.ref: cell for sheet in as_workbook(read_cells(path, path.name)).sheets for cell in sheet.cells.values()
    }


def test_phonetic_readings_are_no_part_of_a_shared_text(tmp_path: Path) -> None:
    items = (
        "<si><r><t>東</t></r><r><t>京</t></r><rPh sb='0' eb='1'><t>トウ</t></rPh><phoneticPr fontId='1'/></si>"
        "<si><t xml:space='preserve'> a_x000D_b </t></si>"
    )
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    cells = cells_of(tmp_path, hostile.workbook(rows, shared=hostile.shared_xml(items)))
    assert [cell.text for cell in cells.values()] == ["東京", " a\rb "]


def test_shared_and_array_formulas_are_formulas_in_each_of_their_cells(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>2</v></c>'
        '<c r="C1"><f t="array" ref="C1:C2">B1:B2*2</f><v>3</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c><c r="C2"><v>5</v></c><c r="D2"><v>6</v></c></row>'
    )
    cells = cells_of(tmp_path, hostile.workbook(rows))
    assert {ref: (cell.text, cell.formula) for ref, cell in cells.items()} == {
        "A1": ("2", "B1*2"),
        "C1": ("3", "B1:B2*2"),
        "A2": ("4", ""),
        "C2": ("5", ""),
        "D2": ("6", None),
    }


def test_a_formula_without_a_result_is_not_a_blank(tmp_path: Path) -> None:
    """An empty text is a result; nothing at all is none (F-A17)."""
    rows = (
        '<row r="1"><c r="A1"><f>SUM(B1)</f></c><c r="B1"><f>SUM(C1)</f><v></v></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1" s="0"/></row>'
    )
    cells = cells_of(tmp_path, hostile.workbook(rows))
    assert {ref: (cell.kind, cell.is_uncalculated) for ref, cell in cells.items()} == {
        "A1": (CellKind.EMPTY, True),
        "B1": (CellKind.EMPTY, True),
        "C1": (CellKind.TEXT, False),
    }


def test_strict_open_xml_is_read(tmp_path: Path) -> None:
    """F-A11: other namespaces, ISO dates."""
    strict = {hostile.MAIN: hostile.STRICT, hostile.OFFICE: hostile.STRICT_OFFICE}
    rows = '<row r="1"><c r="A1"><v>12.5</v></c><c r="B1" t="d"><v>2021-09-30</v></c></row>'
    parts = {name: str(text) for name, text in hostile.parts(rows).items()}
    for transitional, strict_name in strict.items():
        parts = {name: text.replace(transitional, strict_name) for name, text in parts.items()}
    cells = cells_of(tmp_path, hostile.zipped(parts))
    assert {ref: (cell.kind, cell.text) for ref, cell in cells.items()} == {
        "A1": (CellKind.NUMBER, "12.5"),
        "B1": (CellKind.DATE, "2021-09-30"),
    }


@pytest.mark.parametrize("value", ["9999-99-99", "PT99999999999999999999H", "T99:00", "P1Y", "0000-00-00T00:00:00"])
def test_what_is_written_as_a_date_and_is_none_is_an_error_cell(value: str, tmp_path: Path) -> None:
    """A reading that ended there would end every load that this file waits for."""
    (cell,) = cells_of(tmp_path, hostile.workbook(f'<row r="1"><c r="A1" t="d"><v>{value}</v></c></row>')).values()
    assert (cell.kind, cell.text) == (CellKind.ERROR, "########")


def test_cells_without_addresses_texts_in_place_and_no_styles_are_read(tmp_path: Path) -> None:
    """F-A11: the shape of a Google Sheets export."""
    rows = '<row><c t="inlineStr"><is><t>ref</t></is></c><c/><c><v>7</v></c></row><row><c t="b"><v>1</v></c></row>'
    cells = cells_of(tmp_path, hostile.workbook(rows))
    assert {ref: cell.text for ref, cell in cells.items()} == {"A1": "ref", "C1": "7", "A2": "1"}


def test_a_dimension_that_lies_hides_nothing(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="J9"><v>2</v></c></row>'
    data = hostile.workbook(sheet=hostile.sheet_xml(rows, before='<dimension ref="A1"/>'))
    assert list(cells_of(tmp_path, data)) == ["A1", "J9"]


def test_sheets_come_in_the_workbooks_order_and_from_the_part_that_it_names(tmp_path: Path) -> None:
    one = hostile.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')
    two = hostile.sheet_xml('<row r="1"><c r="A1"><v>2</v></c></row>')
    sheets = '<sheet name="First" sheetId="5" r:id="b"/><sheet name="Second" sheetId="1" r:id="a" state="hidden"/>'
    parts = hostile.parts(
        workbook=hostile.workbook_xml(sheets),
        workbook_relationships=hostile.relationships_xml(
            hostile.relationship("a", "worksheet", "/xl/worksheets/sheet1.xml"),
            hostile.relationship("b", "worksheet", "./worksheets/../worksheets/sheet2.xml"),
        ),
    ) | {hostile.SHEET: one, "xl/worksheets/sheet2.xml": two}
    path = tmp_path / "a.xlsx"
    path.write_bytes(hostile.zipped(parts))
    read = as_workbook(read_cells(path, path.name))
    assert [(sheet.name, sheet.state, sheet.cells[1, 1].text) for sheet in read.sheets] == [
        ("First", "visible", "2"),
        ("Second", "hidden", "1"),
    ]


def test_a_conditional_format_that_strikes_through_is_named_with_its_ranges(tmp_path: Path) -> None:
    """Ruling B1, for both forms of such a rule; other conditional formats say nothing."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Savings")
        struck, red = book.add_format({"font_strikeout": True}), book.add_format({"font_color": "red"})
        sheet.conditional_format("A1:A9", {"type": "formula", "criteria": "=$B1=1", "format": red})
        sheet.conditional_format("C1:C9", {"type": "formula", "criteria": "=$B1=1", "format": struck})
        sheet.conditional_format("E1", {"type": "no_blanks", "format": struck, "multi_range": "E1:E2 G1"})
    assert as_workbook(read_cells(path, path.name)).sheets[0].may_be_struck == ("C1:C9", "E1:E2", "G1")
    rule = "<x14:cfRule><x14:dxf><font><strike/></font></x14:dxf></x14:cfRule><xm:sqref>B2:B3 D4</xm:sqref>"
    namespaces = (
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
    )
    later = f"<extLst {namespaces}><ext><x14:conditionalFormatting>{rule}</x14:conditionalFormatting></ext></extLst>"
    path.write_bytes(hostile.workbook(sheet=hostile.sheet_xml("").replace("</worksheet>", f"{later}</worksheet>")))
    assert as_workbook(read_cells(path, path.name)).sheets[0].may_be_struck == ("B2:B3", "D4")


def test_rows_with_data_are_seen_where_all_unused_rows_are_hidden(tmp_path: Path) -> None:
    """Ruling B6: Excel hides by ``zeroHeight`` those rows alone that the file does not list."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Savings")
        sheet.set_default_row(hide_unused_rows=True)
        sheet.write_column("A1", [1, 2, 3])
        sheet.set_row(1, None, None, {"hidden": True})
    assert as_workbook(read_cells(path, path.name)).sheets[0].hidden_rows == {2}


def test_parts_that_were_streamed_with_zip64_sizes_are_read(tmp_path: Path) -> None:
    """Writers that stream allow for gigabytes in each part's header; the directory is an ordinary one."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in hostile.parts('<row r="1"><c r="A1"><v>5</v></c></row>').items():
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(part if isinstance(part, bytes) else part.encode())
    assert {ref: cell.text for ref, cell in cells_of(tmp_path, path.read_bytes()).items()} == {"A1": "5"}


@pytest.mark.parametrize(("flag", "day"), [("", "2021-09-30"), ('<workbookPr date1904="1"/>', "2025-10-01")])
def test_the_1904_flag_moves_every_date(flag: str, day: str, tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" s="1"><v>44469</v></c><c r="B1"><v>44469</v></c></row>'
    data = hostile.workbook(rows, styles=hostile.styles_xml("dd/mm/yyyy"), workbook=hostile.workbook_xml(before=flag))
    assert [cell.text for cell in cells_of(tmp_path, data).values()] == [day, "44469"]


@pytest.mark.parametrize("number", ["-5", "3000000", "1e300", "NaN"])
def test_a_number_that_its_date_format_cannot_show_is_an_error(number: str, tmp_path: Path) -> None:
    """F-A19: Excel shows hash signs; openpyxl makes ``#VALUE!`` or a day in 1899 of it."""
    rows = f'<row r="1"><c r="A1" s="1"><v>{number}</v></c></row>'
    cells = cells_of(tmp_path, hostile.workbook(rows, styles=hostile.styles_xml("dd/mm/yyyy")))
    assert (cells["A1"].kind, cells["A1"].text) == (CellKind.ERROR, "########")


def test_a_number_is_handed_over_as_the_file_writes_it(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>0.30000000000000004</v></c><c r="B1"><v>1E+20</v></c><c r="C1"><v>INF</v></c></row>'
    cells = cells_of(tmp_path, hostile.workbook(rows))
    assert [cell.text for cell in cells.values()] == ["0.30000000000000004", "1E+20", "INF"]
    assert Decimal(cells["B1"].text) == Decimal(10) ** 20


def test_a_filter_without_a_criterion_hides_nothing_and_is_not_reported(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["a", "b"])
    sheet.auto_filter.ref = "A1:B1"
    stream = io.BytesIO()
    book.save(stream)
    path = tmp_path / "a.xlsx"
    path.write_bytes(stream.getvalue())
    assert as_workbook(read_cells(path, path.name)).sheets[0].filter_range == ""


def test_column_letters_agree_with_openpyxl(tmp_path: Path) -> None:
    columns = [1, 26, 27, 52, 53, 702, 703, 999]
    cells = "".join(f'<c r="{get_column_letter(column)}1"><v>{column}</v></c>' for column in columns)
    read = cells_of(tmp_path, hostile.workbook(f'<row r="1">{cells}</row>'))
    assert {ref: cell.column for ref, cell in read.items()} == {f"{get_column_letter(n)}1": n for n in columns}


STRUCK, RAISED = "<strike/>", "<vertAlign val='superscript'/>"


@pytest.mark.parametrize(
    ("item", "font", "is_struck", "is_raised"),
    [
        ("<t>5</t>", "", False, False),
        ("<t>5</t>", STRUCK, True, False),
        ("<t>5</t>", "<vertAlign val='subscript'/>", False, True),
        ("<t>5</t>", "<strike val='0'/><vertAlign val='baseline'/>", False, False),
        (f"<r><t>25000</t></r><r><rPr>{RAISED}</rPr><t>2</t></r>", "", False, True),
        (f"<r><rPr>{STRUCK}</rPr><t>25</t></r><r><rPr><b/></rPr><t>30</t></r>", "", True, False),
        (f"<r><rPr>{STRUCK}</rPr><t>  </t></r><r><rPr><b/></rPr><t>30</t></r>", "", False, False),
        ("<r><rPr><b/></rPr><t>25</t></r><r><rPr><i/></rPr><t>30</t></r>", STRUCK, False, False),
        ("<r><rPr><b/></rPr><t>25</t></r><r><t>30</t></r>", STRUCK, True, False),
    ],
)
def test_a_line_through_a_text_and_a_raised_run_are_seen(
    item: str, font: str, is_struck: bool, is_raised: bool, tmp_path: Path
) -> None:
    """Ruling B1: a run that has a font of its own does not have the cell's; blanks are not seen."""
    styles = (
        f"{hostile.HEADER}<styleSheet xmlns='{hostile.MAIN}'><fonts><font/><font>{font}</font></fonts>"
        "<cellXfs><xf/><xf fontId='1'/></cellXfs></styleSheet>"
    )
    rows = f'<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1" t="inlineStr"><is>{item}</is></c></row>'
    data = hostile.workbook(rows, shared=hostile.shared_xml(f"<si>{item}</si>"), styles=styles)
    cells = cells_of(tmp_path, data)
    assert {(cell.is_struck, cell.is_raised) for cell in cells.values()} == {(is_struck, is_raised)}


def test_a_number_has_the_font_of_its_cell(tmp_path: Path) -> None:
    styles = (
        f"{hostile.HEADER}<styleSheet xmlns='{hostile.MAIN}'><fonts><font/><font>{STRUCK}{RAISED}</font></fonts>"
        "<cellXfs><xf/><xf fontId='1'/></cellXfs></styleSheet>"
    )
    rows = '<row r="1"><c r="A1" s="1"><v>7</v></c><c r="B1"><v>7</v></c></row>'
    cells = cells_of(tmp_path, hostile.workbook(rows, styles=styles))
    assert {ref: (cell.is_struck, cell.is_raised) for ref, cell in cells.items()} == {
        "A1": (True, True),
        "B1": (False, False),
    }


def test_a_row_or_column_without_height_or_width_is_hidden(tmp_path: Path) -> None:
    """Ruling B6."""
    rows = (
        '<row r="1" ht="0" customHeight="1"><c r="A1"><v>1</v></c></row><row r="2" ht="15"><c r="A2"><v>1</v></c></row>'
    )
    before = '<cols><col min="2" max="3" width="0"/><col min="4" max="4" width="9"/></cols>'
    path = tmp_path / "a.xlsx"
    path.write_bytes(hostile.workbook(sheet=hostile.sheet_xml(rows, before)))
    (sheet,) = as_workbook(read_cells(path, path.name)).sheets
    assert (sheet.hidden_rows, sheet.hidden_columns) == (frozenset({1}), frozenset({2, 3}))
