"""The XML of a workbook's other parts: its list of sheets, shared texts, number formats, properties.

Here belongs the order in which a workbook's parts are read, and what they mean. Not here: a
sheet's cells (``sheet_xml``), which parts there may be (``package``), and format codes
(``cell_types``, in the parent).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sources.reader.limits import Limits
from sources.reader.package import Relationship, relationships, workbook_part
from sources.reader.refusals import Refused
from sources.reader.sheet_xml import Book, SheetReader
from sources.reader.xml_gate import check_unread_parts, elements, local_name, spreadsheet_tags
from sources.reader.xml_values import is_true, rich_text, whole_number
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


def read_workbook(container: Container, limits: Limits) -> dict[str, Any]:
    """Return the workbook as the answer carries it: sheets, texts, formats, flags.

    Raises:
        Refused: As ``sheet_xml``, and ``sst-count``.
    """
    main = workbook_part(container)
    uses_1904, entries = _sheet_entries(container, main, limits)
    related = relationships(container, main)
    parts = {relationship.kind: relationship.target for relationship in related}
    texts = _shared_texts(container, parts.get("sharedStrings"), limits)
    formats = _number_formats(container, parts.get("styles"))
    book = Book(limits, texts, style_count=len(formats))
    sheets = [
        SheetReader(entry.name, entry.state, book).read(container, part)
        for entry, part in _worksheets(entries, related)
    ]
    properties = _custom_properties(container)
    check_unread_parts(container)
    return {"sheets": sheets, "texts": texts, "formats": formats, "uses_1904": uses_1904, "properties": properties}


def _sheet_entries(container: Container, main: str, limits: Limits) -> tuple[bool, list[_SheetEntry]]:
    """Return whether dates count from 1904, and the sheets in tab order."""
    uses_1904, entries = False, []
    for element in elements(container, main, "workbook", spreadsheet_tags("workbookPr", "sheet")):
        if local_name(element) == "workbookPr":
            uses_1904 = is_true(element.get("date1904"))
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
    return uses_1904, entries


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


def _shared_texts(container: Container, part: str | None, limits: Limits) -> list[str]:
    texts: list[str] = []
    if part is None:
        return texts
    most = container.size(part) // _SMALLEST_TEXT_BYTES
    for element in elements(container, part, "sst", spreadsheet_tags("si", "sst")):
        if local_name(element) == "si":
            texts.append(rich_text(element))
        elif whole_number(element.get("uniqueCount"), 0, part) > most:
            raise Refused("sst-count", f"it says {element.get('uniqueCount')}, and {most:,} would fit at most")
    return texts


def _number_formats(container: Container, part: str | None) -> list[int | str]:
    """Return by style the format's code, or the number of a built-in one."""
    if part is None:
        return []
    codes: dict[int, str] = {}
    styles: list[int] = []
    for element in elements(container, part, "styleSheet", spreadsheet_tags("numFmts", "cellXfs")):
        for child in element:
            number = whole_number(child.get("numFmtId"), 0, part)
            if local_name(child) == "numFmt":
                codes[number] = child.get("formatCode", "")
            elif local_name(child) == "xf":
                styles.append(number)
            else:  # passed over, it would shift the formats of all cells after it
                raise Refused("xml-corrupt", f"{part}: a {local_name(child)} among the cell formats")
    if any(len(code) > _LONGEST_FORMAT_CODE for code in codes.values()):
        raise Refused("xml-corrupt", f"{part}: a number format has more than {_LONGEST_FORMAT_CODE} characters")
    if len(styles) > _MAX_STYLES:
        raise Refused("too-much-content", f"{len(styles):,} cell formats; at most {_MAX_STYLES:,}")
    return [codes.get(number, number) for number in styles]


def _custom_properties(container: Container) -> dict[str, str]:
    properties: dict[str, str] = {}
    for relationship in relationships(container):
        if relationship.kind in ("custom-properties", "customProperties"):
            for element in elements(container, relationship.target, "Properties", _PROPERTIES):
                properties[element.get("name", "")] = next((child.text or "" for child in element), "")
    if len(properties) > _MAX_PROPERTIES:
        raise Refused("too-much-content", f"{len(properties):,} properties; at most {_MAX_PROPERTIES:,}")
    return properties
