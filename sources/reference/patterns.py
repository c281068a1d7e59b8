"""What a council's pattern for a reference is made of, and what a reference looks like that has it.

Here belong patterns as far as a spreadsheet can follow them: literals, choices of words, digits and
capitals, each so many times. Not here: holding a reference to its pattern (``grammar.values`` and
``contract.row_models``), and the same in Excel (``contract.live_patterns``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = re.compile(
    r"\((?:\?:)?(?P<words>\w+(?:\|\w+)*)\)|\\d(?:\{(?P<digits>\d+)\})?|\[A-Z\](?:\{(?P<letters>\d+)\})?"
    r"|(?P<literal>[\w/-]+)",
    re.ASCII,
)
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Part:
    """A part of a pattern.

    Attributes:
        length: How many characters it takes.
        words: What it may be; none where any digits or capitals will do.
        is_digits: Whether it is digits.
    """

    length: int
    words: tuple[str, ...] = ()
    is_digits: bool = False


def parts_of(pattern: str) -> list[Part] | None:
    r"""Return what a pattern is made of, such as ``^(AH|CH)-\d{2}-\d{3}$``; None for any other kind of pattern."""
    parts = []
    body = pattern.removeprefix("^").removesuffix("$")
    while body:
        found = _PART.match(body)
        if found is None:
            return None
        words = (
            tuple((found["words"] or found["literal"] or "").split("|")) if found["words"] or found["literal"] else ()
        )
        if len({len(word) for word in words}) > 1:
            return None
        length = len(words[0]) if words else int(found["digits"] or found["letters"] or 1)
        parts.append(Part(length, words, is_digits=found[0].startswith("\\d")))
        body = body[found.end() :]
    return parts


def example_of(pattern: str, directorate: str | None) -> str:
    """Return what a reference of that pattern looks like; empty where nobody can tell.

    Args:
        pattern: As the council has set it.
        directorate: Whose reference it is to be.
    """
    return "".join(_example(part, directorate) for part in parts_of(pattern) or ())


def _example(part: Part, directorate: str | None) -> str:
    if part.words:
        return code if (code := (directorate or "").upper()) in part.words else part.words[0]
    return "1".zfill(part.length) if part.is_digits else (_CAPITALS * part.length)[: part.length]
