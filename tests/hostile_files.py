"""The catalogue of hostile files: each with the scenario it is, the code it must end in, and how to make it.

Here belongs one entry a defect. Not here: the making of bytes (``hostile``) and the judging
(``faults/test_hostile_files``).
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable

from tests import hostile

ROW_WITH_TEXT = b'<row r="1"><c r="A1" t="inlineStr"><is><t>'
SHEET_START = f'<worksheet xmlns="{hostile.MAIN}"><sheetData>'.encode()
SHEET_END = b"</sheetData></worksheet>"
DOCTYPE_SHEET = hostile.sheet_xml("").replace("<worksheet", '<!DOCTYPE worksheet SYSTEM "x.dtd"><worksheet')
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
NESTED = "<a>" * 200_000 + "</a>" * 200_000
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
BINARY_TYPE = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
MACROS_BY_MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"


def linked(*items: str) -> str:
    return hostile.relationships_xml(hostile.relationship("rId1", "worksheet", "worksheets/sheet1.xml"), *items)


def sheet_with(before_root: str) -> str:
    return hostile.sheet_xml("").replace("<worksheet", f"{before_root}<worksheet")


def row_of_numbers(row: int, columns: int) -> str:
    cells = "".join(f"<c><v>{row * 7919 + column * column}</v></c>" for column in range(columns))
    return f"<row>{cells}</row>"


def text_cell(length: int) -> str:
    return f'<row r="7"><c r="B7" t="inlineStr"><is><t>{"A" * length}</t></is></c></row>'


REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "F-A01 an empty file": ("file-empty", lambda: b""),
    "F-A03 a wrong check sum in a sheet": ("zip-corrupt", lambda: hostile.with_broken_checksum(hostile.SHEET)),
    "F-A03 a wrong check sum in a part that is not read": (
        "zip-corrupt",
        lambda: hostile.with_broken_checksum("docProps/note.txt"),
    ),
    "F-A04 text named .xlsx": ("format-mismatch", lambda: b"ref,amount\nAH-21-001,5\n"),
    "F-A04 a web page named .xlsx": ("format-mismatch", lambda: b"<html><body><table></table></body></html>"),
    "F-A04 a PDF named .xlsx": ("format-mismatch", lambda: b"%PDF-1.7\n"),
    "F-A04 an older workbook named .xlsx": ("format-mismatch", lambda: hostile.ole_with_stream("Workbook")),
    "F-A04 a Word document named .xlsx": (
        "format-mismatch",
        lambda: hostile.workbook(
            types=hostile.content_types(
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
            )
        ),
    ),
    "F-A04 an OpenDocument file named .xlsx": (
        "format-mismatch",
        lambda: hostile.zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}),
    ),
    "F-A05 a password": ("encrypted", lambda: hostile.encrypted("a secret")),
    "F-A06 a binary workbook named .xlsx": (
        "format-mismatch",
        lambda: hostile.workbook(types=hostile.content_types(BINARY_TYPE)),
    ),
    # F-C29 as well: nobody guesses how such a text is laid out.
    "F-A10 50 MB of text named .xlsx": ("format-mismatch", lambda: b"AH-21-001,1234\n" * 3_500_000),
    "F-C01 one giant text": (
        "zip-too-big",
        lambda: hostile.with_repeated_piece(
            SHEET_START + ROW_WITH_TEXT, b"A" * 1000, 300_000, b"</t></is></c></row>" + SHEET_END
        ),
    ),
    "F-C02 eight million empty rows": (
        "zip-ratio",
        lambda: hostile.with_repeated_piece(SHEET_START, b"<row/>", 8_000_000, SHEET_END),
    ),
    "F-C03 overlapping parts": ("zip-overlap", hostile.with_overlapping_parts),
    "F-C04 a zip file of zip files": (
        "format-mismatch",
        lambda: hostile.zipped({"a.zip": hostile.workbook(), "b.zip": hostile.workbook()}),
    ),
    "F-C04 ten thousand parts": (
        "zip-too-many-parts",
        lambda: hostile.zipped(hostile.parts() | {f"xl/media/{n}.png": b"" for n in range(10_000)}),
    ),
    "F-C05 a directory that understates a size": (
        "zip-corrupt",
        lambda: hostile.with_declared_size(hostile.workbook(), hostile.SHEET, 100),
    ),
    "F-C06 the same part twice": ("zip-duplicate-part", lambda: hostile.with_part("XL/Worksheets/Sheet1.xml", "<a/>")),
    "F-C07 billion laughs": (
        "xml-doctype",
        lambda: hostile.workbook(sheet=sheet_with(f'<!DOCTYPE lol [<!ENTITY a0 "lol">{LAUGHS}]>')),
    ),
    "F-C07 a document type in a part that is not read": (
        "xml-doctype",
        lambda: hostile.with_part("docProps/app.xml", DOCTYPE_SHEET),
    ),
    "F-C09 a part in UTF-16": (
        "xml-encoding",
        lambda: hostile.workbook(sheet=DOCTYPE_SHEET.replace("UTF-8", "UTF-16").encode("utf-16")),
    ),
    "F-C09 a part in UTF-16 without a byte order mark": (
        "xml-encoding",
        lambda: hostile.workbook(sheet=DOCTYPE_SHEET.replace("UTF-8", "UTF-16LE").encode("utf-16-le")),
    ),
    "F-C09 a part that says UTF-7": (
        "xml-encoding",
        lambda: hostile.workbook(sheet=DOCTYPE_SHEET.replace("UTF-8", "UTF-7").replace("<!", "+ADwAIQ-")),
    ),
    "F-C09 a part in EBCDIC": ("xml-encoding", lambda: hostile.workbook(sheet=DOCTYPE_SHEET.encode("cp037"))),
    "F-C09 a part that says ISO-2022-JP": (
        "xml-encoding",
        lambda: hostile.workbook(sheet=DOCTYPE_SHEET.replace("UTF-8", "ISO-2022-JP")),
    ),
    "F-C10 a cell in the last corner": (
        "used-range",
        lambda: hostile.workbook(
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
    ),
    "F-C10 a row that Excel does not have": ("used-range", lambda: hostile.workbook('<row r="2147483647"/>')),
    "F-C10 a column that Excel does not have": (
        "used-range",
        lambda: hostile.workbook('<row r="1"><c r="ZZZ1"><v>1</v></c></row>'),
    ),
    "F-C11 four thousand million shared texts": (
        "sst-count",
        lambda: hostile.workbook(shared=hostile.shared_xml("<si><t>a</t></si>", ' uniqueCount="4000000000"')),
    ),
    "F-C12 a cycle in the OLE tables": ("ole-corrupt", hostile.ole_with_cycle),
    "F-C12 an OLE sector count that lies": ("ole-corrupt", lambda: hostile.ole_with_sector_count(0xFFFFFFFF)),
    "F-C13 nested 200,000 deep": ("zip-ratio", lambda: hostile.zipped(hostile.parts(NESTED))),
    "F-C13 nested 200,000 deep, not compressed": (
        "xml-corrupt",
        lambda: hostile.zipped(hostile.parts(NESTED), zipfile.ZIP_STORED),
    ),
    "F-C14 a flat OpenDocument file that repeats its cells": (
        "format-mismatch",
        lambda: b'<?xml version="1.0"?><office:document><table:table-cell table:number-columns-repeated="16384"/>',
    ),
    "F-C15 a macro part": ("macro", lambda: hostile.with_part("xl/vbaProject.bin", b"\0")),
    "F-C15 a macro workbook named .xlsx": ("macro", lambda: hostile.workbook(types=hostile.content_types(MACRO_TYPE))),
    "F-C15 an Excel 4 macro sheet": (
        "macro",
        lambda: hostile.workbook(
            workbook_relationships=linked(
                hostile.relationship("rId9", "xlMacrosheet", "sheets/m.xml", base=MACROS_BY_MICROSOFT)
            )
        ),
    ),
    "F-C16 a linked picture on a sheet that is read (ruling B7)": (
        "external-content",
        lambda: hostile.workbook_with_sheet_links(
            hostile.relationship("rId9", "image", "http://example.org/a.png", ' TargetMode="External"')
        ),
    ),
    "F-C16 a query that fills a sheet that is read (ruling B7)": (
        "external-content",
        lambda: hostile.workbook_with_sheet_links(
            hostile.relationship("rId9", "queryTable", "../queryTables/queryTable1.xml")
        ),
    ),
    "F-C16 an embedded object": ("external-content", lambda: hostile.with_part("xl/embeddings/oleObject1.bin", b"\0")),
    "F-C23 a text above Excel's limit": ("cell-too-long", lambda: hostile.workbook(text_cell(32_768))),
    "F-C23 ten thousand columns": (
        "used-range",
        lambda: hostile.workbook(f'<row r="1">{"<c><v>1</v></c>" * 10_000}</row>'),
    ),
    "more cells than a return has": (
        "too-much-content",
        lambda: hostile.workbook("".join(row_of_numbers(row, 900) for row in range(300))),
    ),
    "more merged ranges than a return has": (
        "too-much-content",
        lambda: hostile.workbook(
            sheet=hostile.sheet_xml("", after="".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, 10_002)))
        ),
    ),
    "one long text in more cells than anybody fills with such": (
        "too-much-content",
        lambda: hostile.workbook(
            f'<row r="1">{"""<c t="s"><v>0</v></c>""" * 400}</row>',
            shared=hostile.shared_xml(f"<si><t>{'A' * 32_000}</t></si>"),
        ),
    ),
    "merged ranges that lie on each other": (
        "too-much-content",
        lambda: hostile.workbook(
            sheet=hostile.sheet_xml(
                "".join(row_of_numbers(row, 1) for row in range(1, 1_001)),
                after='<mergeCell ref="A1:B1000"/>' * 200,
            )
        ),
    ),
    "an array formula over the whole sheet": (
        "too-much-content",
        lambda: hostile.workbook('<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c></row>'),
    ),
    "the same cell twice": (
        "xml-corrupt",
        lambda: hostile.workbook('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'),
    ),
    "a cell of another row": ("xml-corrupt", lambda: hostile.workbook('<row r="2"><c r="A1"><v>1</v></c></row>')),
    "a sheet in a namespace of its own": (
        "xml-corrupt",
        lambda: hostile.workbook(sheet='<sheet xmlns="urn:x"><sheetData/></sheet>'),
    ),
    "a shared text that is not there": (
        "xml-corrupt",
        lambda: hostile.workbook('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', shared=hostile.shared_xml("")),
    ),
    "a format that is not there": (
        "xml-corrupt",
        lambda: hostile.workbook('<row r="1"><c r="A1" s="9"><v>7</v></c></row>', styles=hostile.styles_xml()),
    ),
    "a kind of cell that Excel does not have": (
        "xml-corrupt",
        lambda: hostile.workbook('<row r="1"><c r="A1" t="q"><v>7</v></c></row>'),
    ),
    "a cell hidden from the reader by an element around it": (
        "xml-corrupt",
        lambda: hostile.workbook(
            '<row r="1"><c r="A1"><v>1</v></c><AlternateContent><c r="B1"><v>2</v></c></AlternateContent></row>'
        ),
    ),
    "a cell with two values": (
        "xml-corrupt",
        lambda: hostile.workbook('<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>'),
    ),
    "an element within a number": (
        "xml-corrupt",
        lambda: hostile.workbook('<row r="1"><c r="A1"><v>12<x/>34</v></c></row>'),
    ),
    "an element within a text": (
        "xml-corrupt",
        lambda: hostile.workbook('<row r="1"><c r="A1" t="inlineStr"><is><t>12<x/>34</t></is></c></row>'),
    ),
    "a number of ten thousand digits": (
        "xml-corrupt",
        lambda: hostile.workbook(f'<row r="1"><c r="A1"><v>{"1" * 10_000}x</v></c></row>'),
    ),
    "a format out of its place among the formats": (
        "xml-corrupt",
        lambda: hostile.workbook(styles=hostile.styles_xml("0").replace("<xf/>", "<AlternateContent/><xf/>")),
    ),
    "a number format of ten thousand brackets": (
        "xml-corrupt",
        lambda: hostile.workbook(styles=hostile.styles_xml("[" * 10_000)),
    ),
    "a sheet name longer than Excel allows": (
        "xml-corrupt",
        lambda: hostile.workbook(
            workbook=hostile.workbook_xml(f'<sheet name="{"Savings" * 5}" sheetId="1" r:id="rId1"/>')
        ),
    ),
    "two relationships of the same name": (
        "xml-corrupt",
        lambda: hostile.workbook(
            workbook_relationships=linked(hostile.relationship("rId1", "worksheet", "worksheets/sheet2.xml"))
        ),
    ),
    "a sheet that is not there": (
        "xml-corrupt",
        lambda: hostile.zipped({k: v for k, v in hostile.parts().items() if k != hostile.SHEET}),
    ),
    "a directory followed by something": ("zip-corrupt", lambda: hostile.workbook() + b"PK"),
    "an encrypted part": ("encrypted", lambda: hostile.with_flag(hostile.SHEET, 1)),
}
