"""What one cell of a reference folder says: read exactly from its text, or refused with how to write it.

Here belongs the grammar of each kind of field. Not here: which column is of which kind (``folder_contract``), and
rows and files (``folder_reader``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from sources.reference.folder_contract import FieldKind

Value = str | int | bool | Decimal | date


class NotTypedError(ValueError):
    """A text is not of its kind; ``remedy`` says how to write it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


# What may keep a search from coming to an end: repeating without one, repeating a group, looking around or back.
_MAY_RUN_AWAY = re.compile(
    r"(?<!\\)[*+]|\{\d*,\}|\)[?*+{]|\(\?(?!:)|\\[1-9]|.{200}"
    # More than three parts of several lengths: each has to be tried with each length of all others.
    r"|(?:(?:[^\\(]\?|\{\d+,\d+\}).*){4}"
)
# What of a pattern says nothing of small letters: escapes, and sets of characters that capitals are in.
_OPEN_TO_CAPITALS = re.compile(r"\\.|\[(?:\^|[^]]*[A-Z])[^]]*\]")
_WHOLE = r"-?(?:0|[1-9]\d*)"
_GRAMMAR: dict[FieldKind, tuple[re.Pattern[str], str]] = {
    FieldKind.MONEY: (
        re.compile(rf"(?=-?\d{{1,12}}(?:\.|$)){_WHOLE}(?:\.\d{{1,2}})?"),
        "Write pounds with at most two decimals, without £ and commas, as 2393000 or 2393000.50",
    ),
    FieldKind.DECIMAL: (
        re.compile(rf"(?=-?\d{{1,12}}(?:\.|$)){_WHOLE}(?:\.\d{{1,6}})?"),
        "Write a number with at most six decimals, without commas, as 0.75",
    ),
    FieldKind.INTEGER: (re.compile(rf"(?=-?\d{{1,9}}$){_WHOLE}"), "Write a whole number, as 12"),
    # Excel makes TRUE and 30/09/2021 of the two when it saves a file.
    FieldKind.BOOLEAN: (re.compile("true|false|TRUE|FALSE"), "Write true or false"),
    FieldKind.DATE: (
        re.compile(r"\d{4}-\d{2}-\d{2}|\d{2}/\d{2}/\d{4}"),
        "Write the date as 2021-09-30 or, day first, as 30/09/2021",
    ),
    FieldKind.YEAR: (re.compile(r"\d{4}/\d{2}"), "Write the year as 2026/27, the second part one more than the first"),
    FieldKind.PERIOD: (re.compile(r"P(?:0\d|1[0-3])"), "Write the period as P00 to P13"),
    FieldKind.PATTERN: (
        re.compile(".+"),
        r"Write a regular expression from ^ to $ that says how many there are of each, as ^(AH|CH)-\d{2}-\d{3}$; "
        "*, + and repeated groups are not for it",
    ),
    FieldKind.CODE: (
        re.compile(r"(?!(?i:con|prn|aux|nul|com\d|lpt\d)$)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?<!.{21})"),
        "Write letters and digits, at most 20, with single hyphens between them, as ENV or ENV-WASTE",
    ),
    FieldKind.DOMAIN: (
        re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE),
        "Write what stands after the @, as council.gov.uk",
    ),
}


def typed(kind: FieldKind, text: str) -> Value:
    """Return what ``text`` says, read exactly: nothing is rounded, trimmed or guessed.

    Money comes as a Decimal in pounds with two decimals; a code such as ``0012`` stays text.

    Raises:
        NotTypedError: If the text is not written as its kind is written.
    """
    if text != text.strip() or not text.isprintable():
        raise NotTypedError(f"{text!r} has blanks at an end or characters that do not print", "Take them away")
    if kind is FieldKind.TEXT:
        return text
    pattern, remedy = _GRAMMAR[kind]
    if not (text.isascii() and pattern.fullmatch(text)):
        raise NotTypedError(f"'{text}' cannot be read as {kind.value}", remedy)
    try:
        return _VALUE[kind](text)
    except ValueError as error:
        raise NotTypedError(f"'{text}' cannot be read as {kind.value}", remedy) from error


def _year(text: str) -> str:
    if (int(text[:4]) + 1) % 100 != int(text[5:]):
        raise ValueError(text)
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(text) from error
    if not (text.startswith("^") and text.endswith("$")) or _MAY_RUN_AWAY.search(text):
        raise ValueError(text)
    return text


_VALUE: dict[FieldKind, Callable[[str], Value]] = {
    FieldKind.MONEY: lambda text: Decimal(text).quantize(Decimal("0.01")),
    FieldKind.DECIMAL: Decimal,
    FieldKind.INTEGER: int,
    FieldKind.BOOLEAN: lambda text: text.lower() == "true",
    FieldKind.DATE: lambda text: date.fromisoformat("-".join(reversed(text.split("/")))),
    FieldKind.YEAR: _year,
    FieldKind.PERIOD: str,
    FieldKind.PATTERN: _pattern,
    FieldKind.CODE: str,
    FieldKind.DOMAIN: str,
}


def is_open_to_capitals(pattern: str) -> bool:
    """Return whether each letter that a pattern asks for may be a capital."""
    return not re.search("[a-z]", _OPEN_TO_CAPITALS.sub("", pattern))


def written(value: Value) -> str:
    """Return a value as a reference file has it, so that it reads as the same again."""
    match value:
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def is_typed(kind: FieldKind, text: str) -> bool:
    """Return whether a text can be read as its kind."""
    try:
        typed(kind, text)
    except NotTypedError:
        return False
    return True
