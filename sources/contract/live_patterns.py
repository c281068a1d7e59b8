"""A reference's pattern as an Excel formula.

Here belongs the way from the pattern that a council set (``saving_ref_pattern``) to a formula, for
Excel has no regular expressions. Not here: where the formula is used (``live_cell_checks``).
"""

from __future__ import annotations

from collections.abc import Iterator

from sources.reference.patterns import Part, parts_of

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def shape_formula(pattern: str, cell: str) -> str | None:
    r"""Return a formula that is 1 where a cell has the pattern, or None where Excel cannot tell.

    Digits are what Excel takes for a number, which is a little more.

    Args:
        pattern: Literals, choices of words of one length, digits and capitals, each so many times:
            ``^(AH|CH)-\d{2}-\d{3}$``. Any other pattern gives None: then the return alone is judged.
        cell: The cell, or a column in braces.
    """
    parts = parts_of(pattern)
    if parts is None:
        return None
    conditions: list[str] = []
    at = 1
    for part in parts:
        conditions += _conditions(part, cell, at)
        at += part.length
    return "*".join([f"(LEN({cell})={at - 1})", *conditions])


def _conditions(part: Part, cell: str, at: int) -> Iterator[str]:
    if part.words:
        choices = "+".join(f'(MID({cell},{at},{part.length})="{word}")' for word in part.words)
        yield f"({choices}>0)"
        return
    if part.is_digits:
        yield f"ISNUMBER(-MID({cell},{at},{part.length}))"
        return
    for place in range(at, at + part.length):
        yield f'ISNUMBER(FIND(UPPER(MID({cell},{place},1)),"{_LETTERS}"))'
