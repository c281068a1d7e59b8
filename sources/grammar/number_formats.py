"""What a number format prints: units, words, signs, per cent and scaling, for one number or text.

Here belongs the reading of a format code, as far as it can make a person see another amount than
the cell holds. Not here: dates (openpyxl knows those formats), and what is then said of the amount
(``money``).

A format may print what an amount may be written with, and nothing else: a unit, word or currency
that we do not know is somebody's meaning that the number alone does not have (ruling B2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from sources.grammar.characters import DASHES, SPACES

GENERAL = "General"

# Quoted text, an escaped character, a gap as wide as a character, a fill character, brackets,
# General, an exponent, any other character.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?:.|$)|\*(?P<fill>.|$)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General)|(?P<exponent>[eE][+-])|(?P<plain>.)",
    re.DOTALL | re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\s*(?P<compare><=|>=|<>|<|>|=)\s*(?P<limit>-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)\s*", re.ASCII
)
_SILENT = re.compile(r"(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d{1,2}|\s*[<>=].*)", re.IGNORECASE)
_CURRENCY = re.compile(r"\$(?P<symbol>[^-]*)(?:-[0-9A-F]*)?", re.IGNORECASE)
_DIGITS = "0#?"
_ALLOWED = re.compile(r"GBP|[£()+\s-]", re.IGNORECASE)
_NEGATIVE = re.compile(r"[()-]")
_UNITS = {"k": 1, "m": 2, "bn": 3}
_PLAIN = {**DASHES, **SPACES}
# Sections for numbers; one more is for text.
_TEXT_PLACE = 3


@dataclass(frozen=True)
class Shown:
    """What a person sees of a number.

    Attributes:
        is_percent: A per cent sign is shown.
        scale: What the number is divided by before it is shown: 1, 1000, 1000000.
        unknown: What is printed around it that no amount is written with; empty if there is nothing.
        is_negated: It is printed as if it were negative, and is not.
        word: What is printed in its place; None where the number itself is shown.
    """

    is_percent: bool = False
    scale: int = 1
    unknown: str = ""
    is_negated: bool = False
    word: str | None = None


@dataclass(frozen=True)
class _Section:
    """One section of a format: the tokens of what it prints, and the condition that it is for."""

    skeleton: str = ""
    printed: str = ""
    has_number: bool = False
    has_text: bool = False
    condition: str = ""
    text_pattern: str = ""


def shown(code: str, value: Decimal) -> Shown:
    """Return what a number format prints for a value; where programs differ on its section, all that they may print."""
    possible = {_shown(section, value) for section in _sections_for(_sections(code), value)}
    if len(possible) == 1:
        return possible.pop()
    unknown = "".join(sorted({each.unknown or each.word or "" for each in possible}))
    return Shown(unknown=unknown or "conditions")


def _shown(section: _Section, value: Decimal) -> Shown:
    if not section.has_number:
        return Shown(is_percent="%" in section.printed, word=section.printed.strip())
    commas = _scaling_commas(section.skeleton)
    left = "".join(_ALLOWED.sub("", section.printed).split()).replace("%", "")
    return Shown(
        is_percent="%" in section.printed,
        scale=1000**commas,
        unknown="" if not left or _UNITS.get(left.casefold()) == commas else left,
        is_negated=value > 0 and _NEGATIVE.search(section.printed) is not None,
    )


def shown_text(code: str, text: str) -> str:
    """Return what a format prints for a text: it may add to it, hide it, or put another in its place."""
    sections = _sections(code)
    last = sections[-1]
    if len(sections) > _TEXT_PLACE or last.has_text:
        return last.text_pattern.replace("@", text).strip() if last.has_text else last.printed.strip()
    return text


def shown_digits(code: str, digits: str) -> str:
    """Return a whole number as a format of zeros shows it, ``00042``; as it is under any other format."""
    return digits.rjust(len(code), "0") if code and not code.strip("0") else digits


def _sections_for(sections: tuple[_Section, ...], value: Decimal) -> list[_Section]:
    """Return the section that Excel takes: by its condition, else by sign; several where it is not certain."""
    numbers = sections[:-1] if 1 < len(sections) <= _TEXT_PLACE and sections[-1].has_text else sections[:_TEXT_PLACE]
    first = numbers[0]
    second, third = (*numbers[1:], first, first)[:2]
    if not any(section.condition for section in numbers):
        return [first if value > 0 or len(numbers) == 1 else second if value < 0 else third]
    if first.condition and _holds(first.condition, value):
        return [first]
    return [one for one in numbers if not one.condition or _holds(one.condition, value)] or [first]


def _holds(condition: str, value: Decimal) -> bool:
    match = _CONDITION.fullmatch(condition)
    if match is None:
        return False
    limit = Decimal(match["limit"])
    outcomes = {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
        "=": value == limit,
        "<>": value != limit,
    }
    return outcomes[match["compare"]]


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    """Return the sections of a format code, split where a semicolon is not quoted."""
    tokens: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(code):
        if token["plain"] == ";":
            tokens.append([])
        else:
            tokens[-1].append(token)
    return tuple(map(_section, tokens))


def _section(tokens: list[re.Match[str]]) -> _Section:
    skeleton = printed = condition = pattern = ""
    has_number = has_text = False
    for token in tokens:
        piece = ""
        if token["bracket"] is not None:
            condition = condition or (token["bracket"] if _CONDITION.fullmatch(token["bracket"]) else "")
            piece = _bracket(token["bracket"])
        elif token["plain"] == "@":
            has_number = has_text = True
            pattern += "@"
        elif token["general"] or (token["exponent"] and skeleton):
            has_number = True
        elif token["plain"] is not None and token["plain"] in f"{_DIGITS}.,":
            skeleton += token["plain"]
            has_number = has_number or token["plain"] in _DIGITS
        else:
            piece = next(
                (token[name] for name in ("quoted", "escaped", "fill", "exponent", "plain") if token[name]), ""
            )
        printed += piece.translate(_PLAIN)
        pattern += piece
    return _Section(skeleton, printed, has_number, has_text, condition, pattern)


def _bracket(text: str) -> str:
    """Return what brackets print: a currency's symbol; nothing for a colour or condition; else themselves."""
    currency = _CURRENCY.fullmatch(text)
    if currency:
        return currency["symbol"]
    return "" if _SILENT.fullmatch(text) else f"[{text}]"


def _scaling_commas(skeleton: str) -> int:
    """Count the commas that divide: those with no digit after them in their half of the number."""
    return sum(len(half) - len(half.rstrip(",")) for half in skeleton.split(".", 1) if half.rstrip(","))
