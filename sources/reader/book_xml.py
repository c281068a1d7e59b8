"""The XML of a workbook's other parts: its list of sheets, shared texts, number formats, properties.

Here belongs the order in which a workbook's parts are read, and what they mean. Not here: a
sheet's cells (``sheet_xml``), which parts there may be (``package``), and format codes
(``cell_types``, in the parent).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sources.reader import conditional_xml
from sources.reader.book import Book
from sources.reader.cells import Marks, name_key
from sources.reader.limits import Limits
from sources.reader.outside import OutsideNames, refuse_links
from sources.reader.package import Relationship, leads_outside, relationships, workbook_part
from sources.reader.refusals import OUTSIDE_NOT_USED, Refused
from sources.reader.sheet_xml import SheetReader
from sources.reader.xml_gate import check_unread_parts, elements, local_name, spreadsheet_tags
from sources.reader.xml_values import font_marks, is_true, rich_text, text_marks, whole_number
from sources.reader.zip_gate import Container

_PROPERTIES = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/custom-properties}property",
    "{http://purl.oclc.org/ooxml/officeDocument/customProperties}property",
)
_RELATIONSHIP_IDS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_STATES = ("visible", "hidden", "veryHidden")
# An empty text, <si/>, takes five bytes: a part cannot hold more texts than that.
_SMALLEST_TEXT_BYTES = 5
_MAX_STYLES = 65_536
_MAX_PROPERTIES = 200
# Excel's own limits; what is longer only serves to keep our parsers busy.
_LONGEST_SHEET_NAME = 31
_LONGEST_FORMAT_CODE = 255


@dataclass(frozen=True)
class _SheetEntry:
    name: str
    state: str
    relationship_id: str


@dataclass
class _Contents:
    """What the workbook's own part says: its sheets in tab order, its names, and how it counts days."""

    uses_1904: bool = False
    entries: list[_SheetEntry] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)


def read_workbook(container: Container, limits: Limits, wanted: Collection[str] | None = None) -> dict[str, Any]:
    """Return the workbook as the answer carries it: sheets, texts, formats, flags.

    Args:
        container: The file.
        limits: What it may cost.
        wanted: Names of the sheets that are read; of the others only the first rows are looked at,
            and they are held to safety alone. None: all are read.

    Raises:
        Refused: As ``sheet_xml``, and ``sst-count``, ``external-content``.
    """
    main = workbook_part(container)
    contents = _contents(container, main, limits)
    related = relationships(container, main)
    parts = {relationship.kind: relationship.target for relationship in related}
    texts, marks = _shared_texts(container, parts.get("sharedStrings"), limits)
    formats, fonts, striking = _cell_formats(container, parts.get("styles"))
    book = Book(limits, texts, marks, OutsideNames(contents.names), striking, style_count=len(formats))
    keys = None if wanted is None else set(map(name_key, wanted))
    sheets = []
    for entry, part in _worksheets(contents.entries, related):
        is_read = keys is None or name_key(entry.name) in keys
        reader = SheetReader(entry.name, entry.state, book, is_read=is_read)
        if is_read:
            refuse_links(container, entry.name, part)
        sheets.append(reader.read(container, part) if is_read else reader.look_at(container, part))
    properties = _custom_properties(container)
    check_unread_parts(container)
    return {
        "sheets": sheets,
        "texts": texts,
        "text_marks": list(marks.items()),
        "formats": formats,
        "fonts": fonts,
        "uses_1904": contents.uses_1904,
        "properties": properties,
        "notes": [OUTSIDE_NOT_USED] if leads_outside(container) and not any(s["linked"] for s in sheets) else [],
    }


def _contents(container: Container, main: str, limits: Limits) -> _Contents:
    contents = _Contents()
    entries = contents.entries
    for element in elements(container, main, "workbook", spreadsheet_tags("workbookPr", "sheet", "definedName")):
        if local_name(element) == "workbookPr":
            contents.uses_1904 = is_true(element.get("date1904"))
            continue
        if local_name(element) == "definedName":
            contents.names.append((element.get("name", ""), element.text or ""))
            continue
        relationship_id = next((element.get(name) for name in _RELATIONSHIP_IDS if element.get(name)), None)
        state = element.get("state", "visible")
        name = element.get("name", "")
        if relationship_id is None or state not in _STATES or len(name) > _LONGEST_SHEET_NAME:
            raise Refused("xml-corrupt", f"{main}, its list of sheets")
        entries.append(_SheetEntry(name, state, relationship_id))
    if len(entries) > limits.sheets:
        raise Refused("too-much-content", f"{len(entries):,} sheets; at most {limits.sheets:,}")
    if len({entry.name.casefold() for entry in entries}) < len(entries):
        raise Refused("xml-corrupt", f"{main}, two sheets have the same name")
    return contents


def _worksheets(entries: list[_SheetEntry], related: list[Relationship]) -> list[tuple[_SheetEntry, str]]:
    """Return each worksheet with its part; a chart sheet has no cells and is left out."""
    by_id = {relationship.id: relationship for relationship in related}
    if len(by_id) < len(related):
        raise Refused("xml-corrupt", "two relationships have the same name")
    missing = [entry.name for entry in entries if entry.relationship_id not in by_id]
    if missing:
        raise Refused("xml-corrupt", f"the sheet {missing[0]} is not there")
    found = [(entry, by_id[entry.relationship_id]) for entry in entries]
    worksheets = [(entry, relationship.target) for entry, relationship in found if relationship.kind == "worksheet"]
    if len({part for _, part in worksheets}) < len(worksheets):
        raise Refused("xml-corrupt", "two sheets are the same part")
    return worksheets


def _shared_texts(container: Container, part: str | None, limits: Limits) -> tuple[list[str], dict[int, Marks]]:
    """Return the texts, and by number how those stand that are not plain."""
    texts: list[str] = []
    marks: dict[int, Marks] = {}
    if part is None:
        return texts, marks
    most = container.size(part) // _SMALLEST_TEXT_BYTES
    for element in elements(container, part, "sst", spreadsheet_tags("si", "sst")):
        if local_name(element) == "si":
            if stands := text_marks(element):
                marks[len(texts)] = stands
            texts.append(rich_text(element))
        elif whole_number(element.get("uniqueCount"), 0, part) > most:
            raise Refused("sst-count", f"it says {element.get('uniqueCount')}, and {most:,} would fit at most")
    return texts, marks


def _cell_formats(container: Container, part: str | None) -> tuple[list[int | str], list[Marks], Collection[str]]:
    """Return by style the format's code, or the number of a built-in one, and how its font stands.

    Also which of the formats for conditions strike through.
    """
    if part is None:
        return [], [], ()
    codes: dict[int, str] = {}
    fonts: list[Marks] = []
    styles: list[int] = []
    font_of_style: list[int] = []
    striking: Collection[str] = ()
    for element in elements(container, part, "styleSheet", spreadsheet_tags("numFmts", "fonts", "cellXfs", "dxfs")):
        if local_name(element) == "fonts":
            fonts = [font_marks(child) for child in element]
            continue
        if local_name(element) == "dxfs":
            striking = conditional_xml.striking(element)
            continue
        for child in element:
            number = whole_number(child.get("numFmtId"), 0, part)
            if local_name(child) == "numFmt":
                codes[number] = child.get("formatCode", "")
            elif local_name(child) == "xf":
                styles.append(number)
                font_of_style.append(whole_number(child.get("fontId"), 0, part))
            else:  # passed over, it would shift the formats of all cells after it
                raise Refused("xml-corrupt", f"{part}: a {local_name(child)} among the cell formats")
    if any(len(code) > _LONGEST_FORMAT_CODE for code in codes.values()):
        raise Refused("xml-corrupt", f"{part}: a number format has more than {_LONGEST_FORMAT_CODE} characters")
    if len(styles) > _MAX_STYLES:
        raise Refused("too-much-content", f"{len(styles):,} cell formats; at most {_MAX_STYLES:,}")
    stands = [fonts[font] if font < len(fonts) else Marks.PLAIN for font in font_of_style]
    return [codes.get(number, number) for number in styles], stands, striking


def _custom_properties(container: Container) -> dict[str, str]:
    properties: dict[str, str] = {}
    for relationship in relationships(container):
        if relationship.kind in ("custom-properties", "customProperties"):
            for element in elements(container, relationship.target, "Properties", _PROPERTIES):
                properties[element.get("name", "")] = next((child.text or "" for child in element), "")
    if len(properties) > _MAX_PROPERTIES:
        raise Refused("too-much-content", f"{len(properties):,} properties; at most {_MAX_PROPERTIES:,}")
    return properties
