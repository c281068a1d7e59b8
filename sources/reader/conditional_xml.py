"""Conditional formats that may put a line through a cell.

Here belongs which ranges of a sheet they reach. Whether a rule applies is not worked out: its formula may ask for
anything. Not here: a cell's own font and its runs (``xml_values``), and what is said of it (``parsing.sheet_rows``).
"""

from __future__ import annotations

from collections.abc import Collection

from lxml import etree

from sources.reader.cells import Marks
from sources.reader.xml_gate import local_name, spreadsheet_tags
from sources.reader.xml_values import font_marks

# Rules that look at another sheet are kept in a namespace of their own, each with its format in it.
_OF_2009 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}conditionalFormatting"
TAGS = (*spreadsheet_tags("conditionalFormatting"), _OF_2009)


def striking(formats: etree._Element) -> frozenset[str]:
    """Return the numbers of those formats of a ``dxfs`` element that strike through."""
    return frozenset(str(number) for number, each in enumerate(formats) if _strikes(each))


def struck_ranges(element: etree._Element, numbers: Collection[str]) -> list[str]:
    """Return the ranges of a ``conditionalFormatting`` element, if one of its rules may strike them through.

    Args:
        element: With its ranges and its rules.
        numbers: Of the formats that strike through.
    """
    rules = [child for child in element if local_name(child) == "cfRule"]
    if not any(rule.get("dxfId") in numbers or _strikes(rule) for rule in rules):
        return []
    written = element.get("sqref") or next((child.text for child in element if local_name(child) == "sqref"), "")
    return (written or "").split()


def _strikes(element: etree._Element) -> bool:
    return any(font_marks(font) & Marks.STRUCK for font in element.iter() if local_name(font) == "font")
