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

from sources.grammar.characters import DASHES, SPACES
from sources.grammar.number_formats import FormatEffect, effects
from sources.grammar.parsed import Note, NoteKind, NotParsed, Parsed, ParsedMoney, Problem, is_blank, unreadable
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

_ONE_NUMBER = "Enter one amount in pounds, such as 1234 or 1,234.50, and put words into the notes column."


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
    if cell.kind is CellKind.NUMBER:
        return _money_from_number(cell)
    if cell.kind is CellKind.DATE:
        return NotParsed(
            Problem.IS_A_DATE,
            "the cell holds a date where an amount belongs",
            "Set the cell's format to Number and type the amount again.",
        )
    if cell.kind is CellKind.BOOLEAN:
        return NotParsed(Problem.NOT_A_NUMBER, "TRUE or FALSE is not an amount", _ONE_NUMBER)
    # Only the ends are trimmed: two amounts on two lines of one cell are not one with a thousands space.
    text = cell.text.translate(_PLAIN).strip()
    word = " ".join(text.casefold().split())
    return _money_from_word(word, is_nil_allowed, is_not_applicable_allowed, is_optional) or _money_from_text(text)


def parse_integer(cell: Cell | None) -> Parsed[int] | NotParsed:
    """Read a whole number, such as a count or a version; None for a blank."""
    parsed = parse_money(cell, is_nil_allowed=False)
    if isinstance(parsed, NotParsed):
        return parsed
    if parsed.exact is None:
        return Parsed(None)
    if parsed.exact != parsed.exact.to_integral_value() or abs(parsed.exact) > MAX_INTEGER:
        return NotParsed(Problem.NOT_WHOLE, "this is not a whole number", "Enter a whole number such as 3.")
    return Parsed(int(parsed.exact))


def xml_number(text: str) -> Decimal | None:
    """Return the number that a cell's XML holds, at Excel's 15 significant digits; None for inf, NaN and junk."""
    return _EXCEL_DIGITS.create_decimal(text) if _XML_NUMBER.fullmatch(text) else None


def _money_from_number(cell: Cell) -> ParsedMoney | NotParsed:
    value = xml_number(cell.text)
    if value is None:
        return NotParsed(Problem.NOT_A_NUMBER, "this is not a number", _ONE_NUMBER)
    notes: list[Note] = []
    for effect in effects(cell.number_format, value):
        outcome = _shown_as(effect, value)
        if isinstance(outcome, NotParsed):
            return outcome
        notes += outcome
    return _pounds(value, notes)


def _shown_as(effect: FormatEffect, value: Decimal) -> NotParsed | list[Note]:
    """Return why what Excel shows may not be this amount, or what to say of the difference."""
    if effect.is_percent:
        return NotParsed(
            Problem.PERCENT, "this is a percentage where pounds belong", "Enter the amount in pounds, without %."
        )
    if effect.adds_digits or (effect.text and not effect.shows_number and value != 0):
        return NotParsed(
            Problem.SCALED_TEXT,
            f"the number format prints its own text, so that Excel shows another amount than {value:,f}",
            "Set the cell's format to Number and check the amount.",
        )
    if effect.scale != 1:
        message = f"Excel shows this in units of {effect.scale:,}; it was read as {value:,f} pounds."
        return [Note(NoteKind.SCALED_FORMAT, message)]
    if not effect.shows_number and value != 0:
        return [Note(NoteKind.HIDDEN_BY_FORMAT, f"Excel hides this number; it was read as {value:,f} pounds.")]
    return []


def _money_from_word(
    word: str, is_nil_allowed: bool, is_not_applicable_allowed: bool, is_optional: bool
) -> ParsedMoney | NotParsed | None:
    """Read the words that may stand in an amount's place; None when it is none of them."""
    if word in _NIL:
        if is_nil_allowed:
            return _zero(NoteKind.NIL, "Read as 0. Enter 0 where you mean none.")
        return NotParsed(Problem.NIL, "a dash or a word for zero is not an amount here", "Enter the amount, 0 if none.")
    if word in _NOT_APPLICABLE:
        if is_not_applicable_allowed:
            return _zero(NoteKind.NOT_APPLICABLE, "Read as 0: this line cannot be deferred.")
        return NotParsed(
            Problem.NOT_APPLICABLE, "N/A means something in deferred_gbp alone", "Enter an amount, 0 if there is none."
        )
    if word in _PLACEHOLDERS:
        if is_optional:
            note = Note(NoteKind.NOT_STATED, "Read as blank. Enter your best estimate once you have one.")
            return ParsedMoney(None, (note,))
        return NotParsed(
            Problem.PLACEHOLDER,
            "this is not a number",
            "Enter an estimate.",
        )
    return None


def _zero(kind: NoteKind, message: str) -> ParsedMoney:
    return ParsedMoney(Decimal("0.00"), (Note(kind, message),), Decimal(0))


def _money_from_text(text: str) -> ParsedMoney | NotParsed:
    match = _AMOUNT.fullmatch(text) if len(text) <= LONGEST_AMOUNT else None
    if match is None:
        return _why_no_amount(text[:LONGEST_AMOUNT])
    part = match.groupdict()
    signs = [part["minus"], part["minus_after_pound"], part["trailing_minus"]]
    if sum(sign is not None for sign in signs) > 1:
        return NotParsed(Problem.NOT_A_NUMBER, "this has more than one minus sign", _ONE_NUMBER)
    value = Decimal((part["digits"] or part["digits_in"]).replace(",", "").replace(" ", ""))
    if len(value.as_tuple().digits) > _EXCEL_DIGITS.prec:
        return NotParsed(Problem.TOO_LARGE, "this has more digits than Excel can keep (15)", _ONE_NUMBER)
    if part["digits_in"] or any(signs):
        value = -value
    unit = part["unit"] or part["unit_in"]
    if unit is None:
        return _pounds(value, [])
    factor, kind = _UNITS[unit.lower()]
    value *= factor
    return _pounds(value, [Note(kind, f"Read as {value:,f} pounds. Enter the whole amount.")])


def _why_no_amount(text: str) -> NotParsed:
    if "%" in text:
        return NotParsed(
            Problem.PERCENT, "this is a percentage where pounds belong", "Enter the amount in pounds, without %."
        )
    if _RANGE.search(text):
        return NotParsed(
            Problem.RANGE,
            "this is a range",
            "Enter one amount, your best estimate; ranges belong on the Pipeline sheet.",
        )
    if any(character.isdigit() for character in text):
        return NotParsed(Problem.NUMBER_AND_TEXT, "this is not one plain number", _ONE_NUMBER)
    return NotParsed(Problem.NOT_A_NUMBER, "this is not a number", _ONE_NUMBER)


def _pounds(value: Decimal, notes: list[Note]) -> ParsedMoney | NotParsed:
    """Round to pence; refuse what the warehouse cannot hold."""
    if abs(value) >= LIMIT:
        return NotParsed(
            Problem.TOO_LARGE,
            "this is more than a return can hold (£999,999,999,999.99)",
            "Check the number of digits; amounts are in pounds.",
        )
    pounds = value.quantize(PENNY, ROUND_HALF_UP)
    if pounds != value:
        notes = [*notes, Note(NoteKind.ROUNDED, f"Rounded to {pounds:,f} pounds.")]
    return ParsedMoney(pounds, tuple(notes), value)
