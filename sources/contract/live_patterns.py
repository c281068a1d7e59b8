"""A reference's pattern as an Excel formula.

Here belongs the way from the pattern that a council set (``saving_ref_pattern``) to a formula, for
Excel has no regular expressions. Not here: where the formula is used (``live_cell_checks``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PART = re.compile(
    r"\((?:\?:)?(?P<words>\w+(?:\|\w+)*)\)|\\d(?:\{(?P<digits>\d+)\})?|\[A-Z\](?:\{(?P<letters>\d+)\})?"
    r"|(?P<literal>[\w/-]+)",
    re.ASCII,
)


def shape_formula(pattern: str, cell: str) -> str | None:
    r"""Return a formula that is 1 where a cell has the pattern, or None where Excel cannot tell.

    Digits are what Excel takes for a number, which is a little more.

    Args:
        pattern: Literals, choices of words of one length, digits and capitals, each so many times:
            ``^(AH|CH)-\d{2}-\d{3}$``. Any other pattern gives None: then the return alone is judged.
        cell: The cell, or a column in braces.
    """
    conditions: list[str] = []
    at = 1
    body = pattern.removeprefix("^").removesuffix("$")
    while body:
        part = _PART.match(body)
        words = part["words"].split("|") if part and part["words"] else []
        if part is None or len({len(word) for word in words}) > 1:
            return None
        body = body[part.end() :]
        length = len(words[0]) if words else _length(part)
        conditions += _conditions(part, words, cell, at, length)
        at += length
    return "*".join([f"(LEN({cell})={at - 1})", *conditions])


def _length(part: re.Match[str]) -> int:
    return len(part["literal"] or "") or int(part["digits"] or part["letters"] or 1)


def _conditions(part: re.Match[str], words: list[str], cell: str, at: int, length: int) -> Iterator[str]:
    if words or part["literal"]:
        choices = "+".join(f'(MID({cell},{at},{length})="{word}")' for word in words or [part["literal"]])
        yield f"({choices}>0)"
        return
    if part[0].startswith("\\d"):
        yield f"ISNUMBER(-MID({cell},{at},{length}))"
        return
    for place in range(at, at + length):
        yield f'ISNUMBER(FIND(UPPER(MID({cell},{place},1)),"{_LETTERS}"))'
