"""Small readings of the XML's own spelling: numbers, flags, addresses, escapes, runs of text.

Here belongs what an attribute or a text means wherever it stands. Not here: elements of sheets
(``sheet_xml``) and of the workbook (``book_xml``).
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from sources.reader.cells import Marks
from sources.reader.refusals import Refused
from sources.reader.xml_gate import local_name

_MAX_DIGITS = 10
_WHOLE = re.compile(r"(\d{1,10})\.0+", re.ASCII)
_COLUMN = re.compile(r"[A-Z]{1,3}", re.ASCII)
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,9})", re.ASCII)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATES = range(0xD800, 0xE000)
_NOT_RAISED = ("baseline", "")


def is_true(text: str | None) -> bool:
    """Return whether a flag is set; the standard allows three spellings."""
    return text is not None and text.lower() in ("1", "true", "on")


def whole_number(text: str | None, default: int, where: str) -> int:
    """Return a whole number that is not negative, ``default`` where the attribute is left out.

    Raises:
        Refused: ``xml-corrupt``, naming ``where``.
    """
    if text is None:
        return default
    if text.isdecimal() and len(text) <= _MAX_DIGITS:  # nearly always; the pattern takes its time
        return int(text)
    match = _WHOLE.fullmatch(text)
    if match is None:
        raise Refused("xml-corrupt", f"{where}: a number is {text[:20]!r}")
    return int(match.group(1))


def row_and_column(reference: str, where: str) -> tuple[int, int]:
    """Return the row and the column of an address such as ``K14``.

    Raises:
        Refused: ``xml-corrupt``, naming ``where``.
    """
    match = _ADDRESS.fullmatch(reference)
    if match is None:
        raise Refused("xml-corrupt", f"{where}: an address is {reference[:20]!r}")
    return int(match.group(2)), column_number(match.group(1))


def corners(reference: str | None, where: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the first and the last cell of a range such as ``A1:C3``, as row and column.

    Raises:
        Refused: ``xml-corrupt``, naming ``where``.
    """
    first, _, last = (reference or "").partition(":")
    return row_and_column(first, where), row_and_column(last or first, where)


def only_text(element: etree._Element, where: str) -> str:
    """Return the text of an element that may hold nothing else: of 12<x/>34 only 12 would be seen.

    Raises:
        Refused: ``xml-corrupt``, naming ``where``.
    """
    if len(element):
        raise Refused("xml-corrupt", f"{where}: a {local_name(element[0])} within a text")
    return element.text or ""


def unescape(text: str) -> str:
    """Return text with ``_x000D_`` and the like replaced by their characters.

    Half of a surrogate pair is left as it is: alone it is no character.
    """
    if "_x" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def rich_text(element: etree._Element) -> str:
    """Return the text of an ``si`` or ``is`` element: its runs joined, phonetic readings left out.

    Raises:
        Refused: ``xml-corrupt`` if a text holds elements.
    """
    pieces = []
    for child in element:
        kind = local_name(child)
        if kind == "t":
            pieces.append(only_text(child, "a text"))
        elif kind == "r":
            pieces += [only_text(part, "a text") for part in child if local_name(part) == "t"]
    return unescape("".join(pieces))


def text_marks(element: etree._Element) -> Marks:
    """Return how the runs of an ``si`` or ``is`` element stand; blanks alone are not seen."""
    marks, has_own = Marks.PLAIN, True
    for child in element:
        kind = local_name(child)
        if kind == "t":
            has_own = False
        elif kind == "r" and any((part.text or "").strip() for part in child if local_name(part) == "t"):
            fonts = [part for part in child if local_name(part) == "rPr"]
            has_own = has_own and bool(fonts)
            for font in fonts:
                marks |= font_marks(font)
    return marks | Marks.OWN if has_own else marks


def font_marks(font: etree._Element) -> Marks:
    """Return whether a font strikes its text through, or raises or lowers it."""
    marks = Marks.PLAIN
    for child in font:
        kind = local_name(child)
        if kind == "strike" and is_true(child.get("val", "1")):
            marks |= Marks.STRUCK
        elif kind == "vertAlign" and child.get("val", "") not in _NOT_RAISED:
            marks |= Marks.RAISED
    return marks


def _character(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    return match.group(0) if code in _SURROGATES else chr(code)


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """Return the 1-based number of a column's letters: A is 1, AA is 27.

    Raises:
        Refused: ``xml-corrupt`` if they are no letters of a column.
    """
    if _COLUMN.fullmatch(letters) is None:
        raise Refused("xml-corrupt", f"an address is {letters[:20]!r}")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
