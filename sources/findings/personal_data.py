"""What in a free text looks like personal data, and the text without it.

Here belong the patterns alone. Not here: what is said of a return that holds some (``judging.checks_lines``,
D65) and who sees which text.
"""

from __future__ import annotations

import re

MASK = "[masked]"

# An address starts where no character of one stands before it: else a long word is tried from each letter on.
_EMAIL = r"(?<![a-z0-9._%+'-])[a-z0-9._%+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
# Two letters, six digits in any grouping, a letter A to D: a National Insurance number.
_NI_NUMBER = r"(?<![a-z0-9])[a-ceghj-pr-tw-z][a-ceghj-npr-tw-z](?: ?\d){6} ?[a-d](?![a-z0-9])"
_PERSONAL = re.compile(f"{_EMAIL}|{_NI_NUMBER}", re.ASCII | re.IGNORECASE)


def holds_personal_data(text: str) -> bool:
    """Return whether the text has an e-mail address or a National Insurance number in it (D65)."""
    return _PERSONAL.search(text) is not None


def masked(text: str) -> str:
    """Return the text with whatever looks like personal data masked."""
    return _PERSONAL.sub(MASK, text)
