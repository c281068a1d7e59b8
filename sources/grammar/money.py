"""The grammar of amounts and of whole numbers: each cell is one exact number, nothing, or refused.

Here belongs how an officer may write pounds. Not here: whether the amount is allowed (a negative
one is read, and D11 judges it), and what a number format does on the screen (``number_formats``).

Three rules hold throughout. Text is matched whole and never split: ``1,870 est`` is refused, not
1,870. A blank is unknown and never 0. A number cell is taken at the 15 significant digits that
Excel keeps, so the binary tail of 0.1 + 0.2 is no penny; then it is rounded half up to pence.

Source: the decision table of the return's specification; R25.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import partial

from sources.findings.words import amounts
from sources.grammar.characters import DASHES, SPACES
from sources.grammar.number_formats import Shown, shown, shown_text
from sources.grammar.parsed import Note, NoteKind, NotParsed, Parsed, ParsedMoney, Problem, Saying, is_blank, unreadable
from sources.reader.cells import Cell, CellKind

PENNY = Decimal("0.01")
# decimal(14,2) holds twelve digits before the point, and no council's saving needs more.
LIMIT = Decimal(10) ** 12
MAX_INTEGER = 2**31 - 1
# Nobody's amount is longer, and the patterns below would need hours for a cell of 32,767 spaces.
LONGEST_AMOUNT = 100

_EXCEL_DIGITS = Context(prec=15, rounding=ROUND_HALF_UP)
_XML_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)

# No NFKC here: it would turn the footnote mark of 500² into a 2.
_PLAIN = {**SPACES, **DASHES}

_DIGITS = r"(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d+)?|\.\d+)"
_UNIT = r"(?: ?(?P<unit>[kKmM]))?"
_AMOUNT = re.compile(
    rf"(?P<minus>-)? *£? *(?P<minus_after_pound>-)? *{_DIGITS}{_UNIT}(?P<trailing_minus> ?-)?"
    rf"|£? *\( *£? *{_DIGITS.replace('digits', 'digits_in')}{_UNIT.replace('unit', 'unit_in')} *\)",
    re.ASCII,
)
_RANGE = re.compile(r"\d[\d,. ]*(?:k|m|mn|bn)? ?(?:-|to|or|and) ?£?\d", re.ASCII | re.IGNORECASE)
_UNITS = {"k": (1_000, NoteKind.SHORTHAND_THOUSAND), "m": (1_000_000, NoteKind.SHORTHAND_MILLION)}

# A format that prints a dash where there is nothing; a word has letters, and no digits of its own.
_NOTHING = re.compile(r"GBP|[£()\s-]", re.IGNORECASE)
_WORD = re.compile(r"\A[^\d]*[^\W\d_][^\d]*\Z|\A\?+\Z")
_LONGEST_UNIT = 20
# 45.250: pounds with a digit too many, or thousands with the mark of the continent.
_TWO_READINGS = re.compile(r"[^\d.]*[1-9]\d{0,2}\.\d{3}[^\w]*", re.ASCII)

_NIL = frozenset({"-", "£-", "£ -", "nil", "zero"})
_NOT_APPLICABLE = frozenset({"n/a", "not applicable", "[z]"})
_PLACEHOLDERS = frozenset(
    {
        "tbc",
        "tba",
        "tbd",
        "to be confirmed",
        "to be advised",
        "?",
        "??",
        "see note",
        "see notes",
        "ongoing",
        "unknown",
        "pending",
        "[x]",
    }
)

# What is wrong whatever the cell was to hold.
_OF_ANY_CELL = frozenset({Problem.CELL_ERROR, Problem.NOT_CALCULATED, Problem.LINKED})


def parse_money(
    cell: Cell | None,
    *,
    is_nil_allowed: bool = True,
    is_not_applicable_allowed: bool = False,
    is_optional: bool = False,
) -> ParsedMoney | NotParsed:
    """Read an amount in pounds.

    Args:
        cell: The cell, or None where the sheet has none.
        is_nil_allowed: Whether a dash or the word nil means 0 here (not for a baseline).
        is_not_applicable_allowed: Whether N/A means 0 here (``deferred_gbp`` alone).
        is_optional: Whether TBC and its family may stand for a blank, with a note.

    Returns:
        The amount with two decimals and, in ``exact``, before rounding; None for a blank.
    """
    if cell is None or is_blank(cell):
        return ParsedMoney(None)
    failure = unreadable(cell)
    if failure is not None:
        return failure
    text = _text_of_amount(cell)
    if not isinstance(text, str):
        return text
    word = " ".join(text.casefold().split())
    return _money_from_word(word, is_nil_allowed, is_not_applicable_allowed, is_optional) or _money_from_text(text)


def _text_of_amount(cell: Cell) -> str | ParsedMoney | NotParsed:
    """Return what a cell shows where that is a text; else the amount, or why there is none."""
    if cell.kind is CellKind.DATE:
        return NotParsed(Problem.IS_A_DATE, amounts.AmountIsDate)
    if cell.kind is CellKind.BOOLEAN:
        return NotParsed(Problem.NOT_A_NUMBER, amounts.TrueOrFalse)
    held = cell.text.strip()
    if len(held) > LONGEST_AMOUNT:
        return _why_no_amount(held[:LONGEST_AMOUNT].translate(_PLAIN))
    text = shown_text(cell.number_format, held)
    if cell.kind is CellKind.NUMBER:
        value = xml_number(cell.text)
        if value is None:
            return NotParsed(Problem.NOT_A_NUMBER, amounts.NotANumber)
        seen = shown(cell.number_format, value)
        if seen.word is None:
            return _money_from_number(value, seen)
        if value == 0 and not _NOTHING.sub("", seen.word):
            return _pounds(value, [])
        text = seen.word if _WORD.search(seen.word) else ""
    # Only the ends are trimmed: two amounts on two lines of one cell are not one with a thousands space.
    text = text.translate(_PLAIN).strip()
    return text or _not_as_it_looks(amounts.HiddenByFormat)


def parse_integer(cell: Cell | None) -> Parsed[int] | NotParsed:
    """Read a whole number, such as a count or a version; None for a blank."""
    parsed = parse_money(cell, is_nil_allowed=False)
    if isinstance(parsed, NotParsed):
        return parsed if parsed.problem in _OF_ANY_CELL else _not_whole(parsed.problem)
    if parsed.exact is None:
        return Parsed(None)
    if parsed.exact != parsed.exact.to_integral_value() or abs(parsed.exact) > MAX_INTEGER:
        return _not_whole(Problem.NOT_WHOLE)
    return Parsed(int(parsed.exact))


def _not_whole(problem: Problem) -> NotParsed:
    return NotParsed(problem, amounts.NotWhole)


def xml_number(text: str) -> Decimal | None:
    """Return the number that a cell's XML holds, at Excel's 15 significant digits; None for inf, NaN and junk."""
    return _EXCEL_DIGITS.create_decimal(text) if _XML_NUMBER.fullmatch(text) else None


def _money_from_number(value: Decimal, seen: Shown) -> ParsedMoney | NotParsed:
    """Return a number's amount, unless its format makes another one of it on the screen."""
    if seen.is_percent:
        return NotParsed(Problem.PERCENT, amounts.Percentage)
    if seen.unknown:
        return _not_as_it_looks(partial(amounts.FormatShowsUnit, unit=seen.unknown[:_LONGEST_UNIT]))
    if seen.is_negated:
        return _not_as_it_looks(partial(amounts.FormatShowsMinus, held=value))
    if seen.scale == 1:
        return _pounds(value, [])
    return _pounds(value, [Note(NoteKind.SCALED_FORMAT, partial(amounts.ShownInUnits, scale=seen.scale, amount=value))])


def _not_as_it_looks(says: Saying) -> NotParsed:
    return NotParsed(Problem.UNIT_IN_FORMAT, says)


def _money_from_word(
    word: str, is_nil_allowed: bool, is_not_applicable_allowed: bool, is_optional: bool
) -> ParsedMoney | NotParsed | None:
    """Read the words that may stand in an amount's place; None when it is none of them."""
    if word in _NIL:
        if is_nil_allowed:
            return _zero(Note(NoteKind.NIL, amounts.ReadAsZero))
        return NotParsed(Problem.NIL, amounts.ZeroInWords)
    if word in _NOT_APPLICABLE:
        if is_not_applicable_allowed:
            return _zero(Note(NoteKind.NOT_APPLICABLE))
        return NotParsed(Problem.NOT_APPLICABLE, amounts.NotApplicable)
    if word in _PLACEHOLDERS:
        if is_optional:
            return ParsedMoney(None, (Note(NoteKind.NOT_STATED, amounts.ReadAsBlank),))
        return NotParsed(Problem.PLACEHOLDER, amounts.Placeholder)
    return None


def _zero(note: Note) -> ParsedMoney:
    return ParsedMoney(Decimal("0.00"), (note,), Decimal(0))


def _money_from_text(text: str) -> ParsedMoney | NotParsed:
    match = _AMOUNT.fullmatch(text) if len(text) <= LONGEST_AMOUNT else None
    if match is None:
        return _why_no_amount(text[:LONGEST_AMOUNT])
    if _TWO_READINGS.fullmatch(text):
        return NotParsed(Problem.TWO_READINGS, amounts.TwoReadings)
    part = match.groupdict()
    signs = [part["minus"], part["minus_after_pound"], part["trailing_minus"]]
    if sum(sign is not None for sign in signs) > 1:
        return NotParsed(Problem.NOT_A_NUMBER, amounts.NotOneMinus)
    value = Decimal((part["digits"] or part["digits_in"]).replace(",", "").replace(" ", ""))
    if len(value.as_tuple().digits) > _EXCEL_DIGITS.prec:
        return NotParsed(Problem.TOO_LARGE, amounts.TooManyDigits)
    if part["digits_in"] or any(signs):
        value = -value
    unit = part["unit"] or part["unit_in"]
    if unit is None:
        return _pounds(value, [])
    factor, kind = _UNITS[unit.lower()]
    value *= factor
    return _pounds(value, [Note(kind, partial(amounts.ReadAsPounds, amount=value))])


def _why_no_amount(text: str) -> NotParsed:
    if "%" in text:
        return NotParsed(Problem.PERCENT, amounts.Percentage)
    if _RANGE.search(text):
        return NotParsed(Problem.RANGE, amounts.Range)
    if any(character.isdigit() for character in text):
        return NotParsed(Problem.NUMBER_AND_TEXT, amounts.NotOneNumber)
    return NotParsed(Problem.NOT_A_NUMBER, amounts.NotANumber)


def _pounds(value: Decimal, notes: list[Note]) -> ParsedMoney | NotParsed:
    """Round to pence; refuse what the warehouse cannot hold."""
    if abs(value) >= LIMIT:
        return NotParsed(Problem.TOO_LARGE, amounts.TooLarge)
    pounds = value.quantize(PENNY, ROUND_HALF_UP)
    if pounds != value:
        notes = [*notes, Note(NoteKind.ROUNDED)]
    return ParsedMoney(pounds, tuple(notes), value)
