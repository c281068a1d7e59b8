"""The grammars of names, lists, references and texts.

Here belongs how text is compared and what noise in it is mended. Not here: the lists and the
patterns (``reference``).

A name is forgiving: it is compared by a key, and kept as it was written. A reference is not: it
decides which line a pound belongs to. So spaces at its ends, the kind of its dashes and its case
are mended with a warning (D46), and a look-alike letter or an invisible character is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from functools import partial

from sources.findings.words import cells
from sources.grammar.characters import DASHES, QUOTES
from sources.grammar.money import xml_number
from sources.grammar.number_formats import shown_digits
from sources.grammar.parsed import Note, NoteKind, NotParsed, Parsed, Problem, read_filled
from sources.reader.cells import Cell, CellKind, name_key

EXCEL_DIGITS = 15
# Embeddings, overrides and isolates: with one a text reads otherwise than it is stored.
_TURNS_ROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SEEN_AS_BLANKS = Note(NoteKind.TEXT_NOISE, cells.UnseenCharacters)

# The grave accent is the one among them that is ASCII.
_AS_TYPED = {**QUOTES, **DASHES}

_SIMILAR_ENOUGH = 0.75
_CHOICES_SHOWN = 15
# Findings beyond these are told as one, and comparing every text with every choice would let one
# file keep a night busy for hours.
MOST_SUGGESTIONS = 20
_WEIGHTED = re.compile(r"(?P<code>[^:;,]+?) ?: ?(?P<weight>0?\.\d{1,6}|[01](?:\.0*)?)", re.ASCII)


def normalise_name(text: str) -> str:
    """Return the key by which names are compared.

    Spaces of any kind, curly quotes, kinds of dashes, case, invisible characters and ``&``
    against ``and`` make no difference.
    """
    plain = text.replace("`", "'") if text.isascii() else text.translate(_AS_TYPED)
    return name_key(plain.replace("&", " and "))


def normalise_code(text: str) -> str:
    """Return a reference or code with spaces, kinds of dashes and case mended, and nothing else."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(DASHES).split()).upper()


def code_points(text: str) -> str:
    """Return the characters outside plain ASCII by their code points, since the eye cannot tell them apart."""
    return ", ".join(f"U+{ord(character):04X}" for character in text if not _is_plain(character))


def nearest(text: str, choices: Iterable[str]) -> str | None:
    """Return the choice that ``text`` most resembles, or None when it resembles none."""
    by_key = {normalise_name(choice): choice for choice in choices}
    close = get_close_matches(normalise_name(text), by_key, n=1, cutoff=_SIMILAR_ENOUGH)
    return by_key[close[0]] if close else None


@dataclass(frozen=True)
class Suggestions:
    """What the first few texts that are no choice may have been meant for; the others get no suggestion.

    Attributes:
        choices: What there is to choose from.
    """

    choices: Iterable[str]
    _made: dict[str, str | None] = field(default_factory=dict, repr=False)

    def nearest(self, text: str) -> str | None:
        """Return the choice that ``text`` most resembles; None when it resembles none, or for want of time."""
        if text not in self._made and len(self._made) < MOST_SUGGESTIONS:
            self._made[text] = nearest(text, self.choices)
        return self._made.get(text)


def match_choice(
    text: str, choices: Iterable[str], aliases: Mapping[str, str] | None = None
) -> Parsed[str] | NotParsed:
    """Return the word of a list that ``text`` stands for.

    Args:
        text: As entered.
        choices: The list's canonical words.
        aliases: Other words, with the canonical word that each stands for.
    """
    choices = list(choices)
    words = {normalise_name(alias): word for alias, word in (aliases or {}).items()}
    words |= {normalise_name(choice): choice for choice in choices}
    word = words.get(normalise_name(text))
    if word is not None:
        return Parsed(word)
    close = nearest(text, choices)
    return NotParsed(Problem.NOT_IN_LIST, partial(cells.NotInList, near=close, choices=_shown(choices)))


def parse_text(cell: Cell | None, max_length: int = 200) -> Parsed[str] | NotParsed:
    """Read text as it was entered, without the spaces at its ends; None for a blank."""
    return read_filled(cell, lambda filled: _text(filled, max_length))


def _text(cell: Cell, max_length: int) -> Parsed[str] | NotParsed:
    text = _as_text(cell)
    if isinstance(text, NotParsed):
        return text
    is_plain = text.isascii() and text.isprintable()
    seen = text if is_plain else "".join(" " if _is_control(character) else character for character in text)
    notes = () if seen == text else (_SEEN_AS_BLANKS,)
    seen = seen.strip()
    if len(seen) > max_length:
        return NotParsed(Problem.TOO_LONG, partial(cells.TooLong, length=len(seen), most=max_length))
    return Parsed(seen or None, notes)


def parse_code(cell: Cell | None, max_length: int = 200) -> Parsed[str] | NotParsed:
    """Read a reference or code, mended by ``normalise_code``; its pattern is still to be matched."""
    return read_filled(cell, lambda filled: _code(filled, max_length))


def _code(cell: Cell, max_length: int) -> Parsed[str] | NotParsed:
    parsed = _text(cell, max_length)
    if isinstance(parsed, NotParsed):
        return parsed
    code = normalise_code(parsed.value or "")
    if parsed.notes or not all(map(_is_plain, code)):
        strange = code_points(code) or code_points(cell.text)
        return NotParsed(Problem.FOREIGN_CHARACTERS, partial(cells.LookAlikes, characters=strange))
    if cell.kind is CellKind.TEXT and code != cell.text:
        return Parsed(code, (Note(NoteKind.TEXT_NOISE, partial(cells.ReadAsText, text=code)),))
    return Parsed(code)


def parse_boolean(cell: Cell | None) -> Parsed[bool] | NotParsed:
    """Read yes or no; None for a blank."""
    return read_filled(cell, _boolean)


def _boolean(cell: Cell) -> Parsed[bool] | NotParsed:
    word = cell.text.strip().casefold()
    if cell.kind is CellKind.BOOLEAN:
        return Parsed(word == "1")
    if word in {"yes", "y", "true"}:
        return Parsed(True)
    if word in {"no", "n", "false"}:
        return Parsed(False)
    return NotParsed(Problem.NOT_YES_OR_NO, cells.NotYesOrNo)


def parse_weights(text: str) -> Parsed[tuple[tuple[str, Decimal], ...]] | NotParsed:
    """Read codes with weights, ``T1:0.6;T2:0.4``; one code alone has the weight 1.

    That the weights add up to 1 (D64) and that the codes exist is for the caller to check.
    """
    items = [" ".join(item.split()) for item in re.split("[;,]", text) if item.strip()]
    if len(items) == 1 and ":" not in items[0]:
        return Parsed(((normalise_code(items[0]), Decimal(1)),))
    matches = [match for match in map(_WEIGHTED.fullmatch, items) if match]
    codes = [normalise_code(match["code"]) for match in matches]
    if not matches or len(matches) < len(items) or len(set(codes)) < len(codes):
        return NotParsed(Problem.NOT_WEIGHTS, cells.NotWeights)
    return Parsed(tuple(zip(codes, (Decimal(match["weight"]) for match in matches), strict=True)))


def _as_text(cell: Cell) -> str | NotParsed:
    if cell.kind is CellKind.BOOLEAN:
        return "TRUE" if cell.text == "1" else "FALSE"
    if cell.kind is not CellKind.NUMBER:
        return cell.text
    number = xml_number(cell.text)
    if number is None:
        return cell.text
    digits = f"{number.normalize():f}"
    if len(digits.partition(".")[0].lstrip("-")) > EXCEL_DIGITS:
        return NotParsed(Problem.TOO_LARGE, partial(cells.DigitsLost, most=EXCEL_DIGITS))
    return shown_digits(cell.number_format, digits) if digits.isdecimal() else digits


def _is_control(character: str) -> bool:
    """Return whether a character is there to steer a terminal or to turn text round, and shows nothing."""
    return (unicodedata.category(character) == "Cc" and character not in "\t\n\r") or character in _TURNS_ROUND


def _is_plain(character: str) -> bool:
    return character.isascii() and character.isprintable()


def _shown(choices: list[str]) -> str:
    more = "" if len(choices) <= _CHOICES_SHOWN else ", …"
    return ", ".join(choices[:_CHOICES_SHOWN]) + more
