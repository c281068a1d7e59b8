"""The reader's reasons: why a file could not be read, and what of a file that was read needs a word.

Here belong the names of the reasons. Not here: their words for people (``findings.words.files``), and refusals of a
file that was read and is not a return (``judging.checks``).

A reason is the code that operators know, ``encrypted``. Where one code has several ways out for the sender, it is
followed by which one it is, ``encrypted:rights``.
"""

from __future__ import annotations

from sources.reader.cells import Refusal

PASSWORD = "encrypted:password"  # noqa: S105 - the name of a reason
RIGHTS = "encrypted:rights"
OLDER_EXCEL = "format-not-supported:older-excel"
NOT_A_WORKBOOK = "format-not-supported:not-a-workbook"
EMBEDDED = "external-content:embedded"
ACTIVE_X = "external-content:active-x"
QUERY = "external-content:query"
LINKED_PICTURE = "external-content:picture"
LINK = "external-content:link"
ZIP64 = "zip-corrupt:zip64"

REASONS = frozenset(
    {
        *("file-empty", "file-too-big", "format-mismatch", OLDER_EXCEL, NOT_A_WORKBOOK),
        *(PASSWORD, RIGHTS, "macro", EMBEDDED, ACTIVE_X, QUERY, LINKED_PICTURE, LINK),
        *("zip-corrupt", ZIP64, "zip-too-big", "zip-ratio", "zip-overlap", "zip-duplicate-part", "zip-too-many-parts"),
        *("xml-doctype", "xml-encoding", "xml-corrupt", "sst-count", "ole-corrupt"),
        *("used-range", "too-much-content", "cell-too-long", "too-slow", "parser-failed"),
    }
)
CODES = frozenset(reason.partition(":")[0] for reason in REASONS)

# What is read all the same.
OPENED_WITHOUT_PASSWORD = "opened-without-password"  # noqa: S105 - the name of a warning
OUTSIDE_NOT_USED = "outside-not-used"
NOTED = frozenset({OPENED_WITHOUT_PASSWORD, OUTSIDE_NOT_USED})

MAX_DETAIL = 200


class Refused(Exception):  # noqa: N818 - a file that is refused is an outcome, not an error of ours
    """Raised inside the reader to end it with a refusal.

    Attributes:
        reason: One of ``REASONS``.
        code: The reason's code.
        what: The detail that its words name; empty where they name none.
    """

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(reason, what)
        self.reason = reason
        self.code = reason.partition(":")[0]
        self.what = what


def refusal(reason: str, what: str = "") -> Refusal:
    """Return the refusal for that reason.

    Args:
        reason: One of ``REASONS``.
        what: The detail that its words name. It may come from the file, so it is cut short and
            what cannot be printed is left out.

    Raises:
        KeyError: If there is no such reason.
    """
    if reason not in REASONS:
        raise KeyError(reason)
    return Refusal(reason, "".join(character for character in what if character.isprintable())[:MAX_DETAIL])
