"""Characters that look alike: kinds of dashes, spaces and quotes that officers paste.

Here belong the tables alone, for ``str.translate``. Not here: when a grammar applies them (an
amount, a year or a date may be pasted from anywhere; a reference is judged by ``names``).
"""

from __future__ import annotations

DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")
QUOTES = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u02bc\u0060\u00b4"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f"), '"'),
}


def plain(text: str) -> str:
    """Return text for matching: dashes as hyphens, spaces single and none at the ends, case left out."""
    return " ".join(text.translate(DASHES).split()).casefold()
