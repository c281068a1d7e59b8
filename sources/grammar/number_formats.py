"""What a number format does to a number on the screen: per cent, scaling, units of its own, hiding it.

Here belongs the reading of a format code, as far as it can make an officer see another amount
than the cell holds. Not here: dates (openpyxl knows those formats), and what is then said of
the amount (``money``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

# Quoted text, an escaped character, a gap as wide as a character, a fill character, brackets.
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_(?:.|$)|\*(?:.|$)|\[([^\]]*)\]|(General)|(.)', re.DOTALL | re.IGNORECASE)
_CONDITION = re.compile(r"\[\s*[<>=]")
_CURRENCY = re.compile(r"\$([^-\]]*)")
_PLACEHOLDERS = "0#?.,"
_UNIT = re.compile(r"(?<![a-z])(k|thousand|thousands|m|mn|million|millions|bn|billion|billions)(?![a-z])")
_UNIT_COMMAS = {"k": 1, "t": 1, "m": 2, "b": 3}


@dataclass(frozen=True)
class FormatEffect:
    """What one section of a format does.

    Attributes:
        is_percent: A per cent sign is shown.
        scale: What the cell's number is divided by before it is shown: 1, 1000, 1000000.
        adds_digits: Digits, or a unit such as "m" that the scaling does not account for, are
            shown although the cell does not hold them.
        shows_number: Whether the number itself is shown at all.
        text: What is printed around it.
    """

    is_percent: bool
    scale: int
    adds_digits: bool
    shows_number: bool
    text: str


def effects(code: str, value: Decimal) -> tuple[FormatEffect, ...]:
    """Return what the sections that may apply to ``value`` do to it.

    One section, chosen by sign; all of them where the format has conditions of its own, since
    those decide.
    """
    sections = _sections(code)
    if any(_CONDITION.search(section) for section in sections):
        chosen = sections[:3]
    elif value < 0 and len(sections) > 1:
        chosen = sections[1:2]
    elif value == 0 and len(sections) > 2:
        chosen = sections[2:3]
    else:
        chosen = sections[:1]
    return tuple(_effect(section) for section in chosen)


def _sections(code: str) -> list[str]:
    """Return the sections of a format code, split where a semicolon is not quoted."""
    sections = [""]
    for token in _TOKEN.finditer(code):
        if token.group(5) == ";":
            sections.append("")
        else:
            sections[-1] += token.group(0)
    return sections


def _effect(section: str) -> FormatEffect:
    skeleton, text, shows_number = "", "", False
    for token in _TOKEN.finditer(section):
        quoted, escaped, bracket, general, plain = token.groups()
        if bracket is not None:
            currency = _CURRENCY.match(bracket)
            text += currency.group(1) if currency else ""
        elif general is not None or plain == "@":
            shows_number = True
        elif plain is not None and plain in _PLACEHOLDERS:
            skeleton += plain
        elif plain is not None and plain in "eE" and skeleton:
            continue
        else:
            text += quoted or escaped or plain or ""
    commas = _scaling_commas(skeleton)
    return FormatEffect(
        is_percent="%" in text,
        scale=1000**commas,
        adds_digits=_adds_digits(text, commas),
        shows_number=shows_number or any(mark in skeleton for mark in "0#?"),
        text=text.strip(),
    )


def _scaling_commas(skeleton: str) -> int:
    """Count the commas that divide: those with no digit after them in their half of the number."""
    return sum(len(half) - len(half.rstrip(",")) for half in skeleton.split(".", 1) if half.rstrip(","))


def _adds_digits(text: str, commas: int) -> bool:
    if any(character.isdigit() for character in text):
        return True
    units = [_UNIT_COMMAS[unit[0]] for unit in _UNIT.findall(text.casefold())]
    return bool(units) and units != [commas]
