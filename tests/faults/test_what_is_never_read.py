"""What is never read is held to safety alone (ruling B7), and a workbook's type is that of its own part (B8)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sources.reader.cells import CellKind, Refusal, Workbook
from sources.reader.limits import DEFAULT_LIMITS, Limits
from sources.reader.workbook import read_cells
from tests import hostile
from tests.hostile_files import BINARY_TYPE, DOCTYPE_SHEET
from tests.words import message

OUTSIDE = ' TargetMode="External"'
OTHER_SHEET = "xl/worksheets/sheet2.xml"
TWO_SHEETS = '<sheet name="Savings" sheetId="1" r:id="rId1"/><sheet name="Our notes" sheetId="2" r:id="rId5"/>'
LINKS = hostile.relationships_xml(
    hostile.relationship("rId1", "worksheet", "worksheets/sheet1.xml"),
    hostile.relationship("rId5", "worksheet", "worksheets/sheet2.xml"),
)


def read(tmp_path: Path, contents: dict[str, str | bytes], limits: Limits = DEFAULT_LIMITS) -> Workbook | Refusal:
    path = tmp_path / "sent"
    path.write_bytes(hostile.zipped(contents))
    return read_cells(path, "return.xlsx", limits, sheets=["Savings"])


def with_other_sheet(sheet: str | bytes, tabs: str = TWO_SHEETS, **more: str | bytes) -> dict[str, str | bytes]:
    parts = hostile.parts(workbook=hostile.workbook_xml(tabs), workbook_relationships=LINKS)
    return {**parts, OTHER_SHEET: sheet, **more}


def rows(count: int, columns: int = 1) -> str:
    cells = "<c><v>1</v></c>" * columns
    return "".join(f'<row r="{row}">{cells}</row>' for row in range(1, count + 1))


UNREAD_SHEETS: dict[str, str | bytes] = {
    "more cells than a return has": hostile.sheet_xml(rows(12_000, 10)),
    "a cell in the last corner": hostile.sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "a text above Excel's limit": hostile.sheet_xml(
        f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"A" * 40_000}</t></is></c></row>'
    ),
    "a formula that spills over more cells than a return has": hostile.sheet_xml(
        '<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">FILTER(B:B,C:C=1)</f><v>1</v></c></row>'
    ),
    "a long text": hostile.sheet_xml(f'<row r="1"><c t="inlineStr"><is><t>{"A" * 30_000}</t></is></c></row>'),
    "UTF-16": hostile.sheet_xml(rows(3)).replace("UTF-8", "UTF-16").encode("utf-16"),
    "cells out of order": hostile.sheet_xml('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>'),
    "more merged ranges than a return has": hostile.sheet_xml(
        rows(1), after="".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, 10_002))
    ),
}


@pytest.mark.parametrize("name", UNREAD_SHEETS)
def test_a_sheet_that_is_not_read_may_hold_whatever_is_harmless(name: str, tmp_path: Path) -> None:
    outcome = read(tmp_path, with_other_sheet(UNREAD_SHEETS[name]))
    assert isinstance(outcome, Workbook), outcome
    assert [(sheet.name, cell.text) for sheet in outcome.sheets for cell in sheet.cells.values()][:1] == [
        ("Savings", "1")
    ]


@pytest.mark.parametrize("name", UNREAD_SHEETS)
def test_it_costs_the_sheets_that_are_read_nothing_wherever_its_tab_is(name: str, tmp_path: Path) -> None:
    """Limits are counted over all sheets together: nothing of this one may be left in the count."""
    tabs = "".join(re.findall("<sheet .*?/>", TWO_SHEETS)[::-1])
    savings = {hostile.SHEET: hostile.sheet_xml(rows(10))}
    just_enough = Limits(cells=10, characters=0)
    outcome = read(tmp_path, with_other_sheet(UNREAD_SHEETS[name], tabs, **savings), just_enough)
    assert isinstance(outcome, Workbook), outcome
    assert [sheet.name for sheet in outcome.sheets] == ["Our notes", "Savings"]
    assert len(outcome.sheets[1].cells) == just_enough.cells


def test_of_a_sheet_that_is_not_read_the_first_rows_are_handed_over(tmp_path: Path) -> None:
    outcome = read(tmp_path, with_other_sheet(hostile.sheet_xml(rows(5_000))))
    assert isinstance(outcome, Workbook)
    assert len(outcome.sheets[1].cells) == 60


def test_a_sheet_that_is_read_is_found_whatever_its_case_and_spaces(tmp_path: Path) -> None:
    """The same sheet that is held to a limit under its own name is not under another."""
    sheet = hostile.sheet_xml(rows(100_001))
    named = {"Our notes": Workbook, " SAVINGS ": Refusal, "savings\u200b": Refusal}
    for name, kind in named.items():
        sheets = f'<sheet name="{name}" sheetId="1" r:id="rId1"/>'
        assert isinstance(read(tmp_path, hostile.parts(workbook=hostile.workbook_xml(sheets), sheet=sheet)), kind), name


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_part_that_is_never_read_may_be_in_another_encoding_but_not_declare_a_document_type(
    encoding: str, tmp_path: Path
) -> None:
    """F-C09 as ruling B7 amends it: Excel keeps such a part after Power Query."""
    harmless = '<?xml version="1.0" encoding="UTF-16"?><DataMashup>AAAA</DataMashup>'.encode(encoding)
    assert isinstance(read(tmp_path, hostile.parts() | {"customXml/item1.xml": harmless}), Workbook)
    hostile_part = DOCTYPE_SHEET.replace("UTF-8", "UTF-16").encode(encoding)
    outcome = read(tmp_path, hostile.parts() | {"customXml/item1.xml": hostile_part})
    assert isinstance(outcome, Refusal)
    assert outcome.code == "xml-doctype"


UNUSED_LINKS = {
    "a link to another workbook": {
        "xl/externalLinks/externalLink1.xml": "<a/>",
        "xl/externalLinks/_rels/externalLink1.xml.rels": hostile.relationships_xml(
            hostile.relationship("rId1", "externalLinkPath", "file:///C:/other.xlsx", OUTSIDE)
        ),
    },
    "a data connection": {
        "xl/connections.xml": "<connections/>",
        hostile.WORKBOOK_RELATIONSHIPS: hostile.relationships_xml(
            hostile.relationship("rId1", "worksheet", "worksheets/sheet1.xml"),
            hostile.relationship("rId7", "connections", "connections.xml"),
        ),
    },
    "a linked picture on another sheet": with_other_sheet(
        hostile.sheet_xml(rows(1)),
        **{
            "xl/worksheets/_rels/sheet2.xml.rels": hostile.relationships_xml(
                hostile.relationship("rId1", "image", "https://example.org/logo.png", OUTSIDE)
            )
        },
    ),
    "a query on another sheet": with_other_sheet(
        hostile.sheet_xml(rows(1)),
        **{
            "xl/worksheets/_rels/sheet2.xml.rels": hostile.relationships_xml(
                hostile.relationship("rId1", "queryTable", "../queryTables/queryTable1.xml"),
                hostile.relationship("rId2", "hyperlink", "https://example.org", OUTSIDE),
                hostile.relationship("rId3", "attachedToolbars", "x.bin", OUTSIDE),
            )
        },
    ),
}


@pytest.mark.parametrize("name", UNUSED_LINKS)
def test_a_link_that_nothing_read_uses_is_a_note(name: str, tmp_path: Path) -> None:
    """F-C16 as ruling B7 amends it."""
    outcome = read(tmp_path, {**hostile.parts(), **UNUSED_LINKS[name]})
    assert isinstance(outcome, Workbook), outcome
    assert "links to other files" in message(outcome)


NAMES = (
    "<definedNames>"
    "<definedName name='Rate'>[1]Rates!$A$1</definedName>"
    "<definedName name='RateOfNow'>Rate*2</definedName>"
    "<definedName name='Ours'>Savings!$A$1</definedName>"
    "</definedNames>"
)


@pytest.mark.parametrize(
    ("formula", "is_linked"),
    [
        ("[1]Sheet1!A1", True),
        ("SUM('[2]Our plan 2021'!A1:B9)*2", True),
        ("[1]!Total", True),
        ("'C:\\Plans\\[Plan.xlsx]Sheet 1'!A1", True),
        ("rate+1", True),
        ("RateOfNow", True),
        ('WEBSERVICE("https://example.org")', True),
        ("cmd|'/c calc'!A1", True),
        ("Ours+1", False),
        ("Rates!A1", False),
        ("Table1[Amount]", False),
        ("Table1[[#This Row],[1]]", False),
        ("SUM(Table1[2021])", False),
        ("SUM(A2:A9)", False),
    ],
)
def test_a_formula_that_needs_another_file_is_known_by_its_cell(formula: str, is_linked: bool, tmp_path: Path) -> None:
    """Ruling B7: directly, or over defined names; in each cell of a shared or array formula."""
    escaped = formula.replace("&", "&amp;")
    sheet_rows = (
        f'<row r="1"><c r="A1"><f>{escaped}</f><v>1</v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">{escaped}</f>'
        f'<v>1</v></c><c r="C1"><f t="array" ref="C1:C2">{escaped}</f><v>1</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"/><v>2</v></c><c r="C2"><v>3</v></c></row>'
    )
    sheets = hostile.workbook_xml().replace("</workbook>", f"{NAMES}</workbook>")
    outcome = read(tmp_path, hostile.parts(sheet_rows, workbook=sheets))
    assert isinstance(outcome, Workbook), outcome
    cells = outcome.sheets[0].cells.values()
    assert {cell.ref: cell.is_linked for cell in cells} == dict.fromkeys(["A1", "B1", "C1", "B2", "C2"], is_linked)


def test_a_workbook_of_a_javascript_writer_is_what_its_own_part_is(tmp_path: Path) -> None:
    """Ruling B8: it declares an ending that means .xlsb elsewhere, and no part has it."""
    types = hostile.content_types().replace(
        "<Override", f'<Default Extension="bin" ContentType="{BINARY_TYPE}"/><Override', 1
    )
    outcome = read(tmp_path, hostile.parts(types=types))
    assert isinstance(outcome, Workbook), outcome
    assert outcome.sheets[0].cells[1, 1].kind is CellKind.NUMBER


def test_the_type_of_a_workbooks_part_may_be_that_of_its_ending(tmp_path: Path) -> None:
    """Ruling B8: an Override that names another part says nothing, whichever comes first."""
    types = (
        f'{hostile.HEADER}<Types xmlns="{hostile.PACKAGE}/content-types">'
        f'<Override PartName="/xl/other.xml" ContentType="{BINARY_TYPE}"/>'
        f'<Default Extension="XML" ContentType="{hostile.SHEET_TYPE}"/></Types>'
    )
    assert isinstance(read(tmp_path, hostile.parts(types=types)), Workbook)


def test_two_main_parts_are_refused(tmp_path: Path) -> None:
    """Ruling B8: readers differ on which of them counts."""
    links = hostile.relationships_xml(
        hostile.relationship("rId1", "officeDocument", hostile.WORKBOOK),
        hostile.relationship("rId2", "officeDocument", "xl/other.xml"),
    )
    outcome = read(tmp_path, hostile.parts() | {"_rels/.rels": links})
    assert isinstance(outcome, Refusal)
    assert outcome.code == "xml-corrupt"
