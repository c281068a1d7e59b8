"""The catalogue of refusals: why a file could not be read, in words for the officer who sent it.

Here belongs every code that the reader may answer with, and its message: what it is and how to
mend it. Not here: refusals of a file that was read but is no return (``judging.checks``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sources.reader.cells import Refusal

_SAVE_AGAIN = "Open it in Excel, save it as Excel Workbook (.xlsx) and send it again."
_START_AGAIN = "Copy your figures into a new template and send that."

# "{what}" stands for the one detail that a refusal may carry.
MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "file-empty": "The file is empty (0 bytes). Save the workbook again and send it.",
        "file-too-big": f"The file is {{what}}; a return is far smaller. Remove pictures and old sheets. {_SAVE_AGAIN}",
        "format-mismatch": (
            "The file's content is not what its name says: {what}. Save the return as Excel Workbook (.xlsx) "
            "and send that."
        ),
        "format-not-supported": "{what} Save as Excel Workbook (.xlsx) and send again.",
        "encrypted": "{what} Save and send again.",
        "macro": ("This workbook holds macros, which we never open. Save as Excel Workbook (.xlsx) and send again."),
        "external-content": "The workbook holds {what}. Then save and send again.",
        "zip-corrupt": f"The file is damaged or was not copied whole ({{what}}). {_SAVE_AGAIN}",
        "zip-too-big": f"The file unpacks to far more than a return can hold ({{what}}). {_START_AGAIN}",
        "zip-ratio": f"The file unpacks to a suspicious size ({{what}}). {_START_AGAIN}",
        "zip-overlap": f"The file's parts overlap, which no workbook from Excel does ({{what}}). {_START_AGAIN}",
        "zip-duplicate-part": f"The file holds the same part twice ({{what}}). {_SAVE_AGAIN}",
        "zip-too-many-parts": f"The file holds too many parts ({{what}}). {_START_AGAIN}",
        "xml-doctype": f"The file holds a document type declaration, which no workbook needs ({{what}}). {_SAVE_AGAIN}",
        "xml-encoding": f"A part of the file is not written in UTF-8 ({{what}}). {_SAVE_AGAIN}",
        "xml-corrupt": f"A part of the file cannot be read ({{what}}). {_SAVE_AGAIN}",
        "sst-count": f"The file's list of texts does not fit its size ({{what}}). {_SAVE_AGAIN}",
        "used-range": (
            "There is content far outside the template, at {what}. Delete the rows or columns from there to the "
            "end of the sheet, save and send again."
        ),
        "too-much-content": f"The workbook holds far more than a return ({{what}}). {_START_AGAIN}",
        "cell-too-long": "{what}. Excel allows 32,767 characters in a cell. Shorten it, save and send again.",
        "ole-corrupt": f"The file is damaged inside ({{what}}). {_SAVE_AGAIN}",
        "too-slow": f"Reading the file took longer than is allowed, so it was stopped. {_START_AGAIN}",
        "parser-failed": f"Reading the file failed ({{what}}). {_SAVE_AGAIN}",
    }
)

# Why a file is locked: Excel takes the two away in different places.
PASSWORD = "The file has a password. Remove it (File > Info > Protect Workbook > Encrypt with Password)."  # noqa: S105
RIGHTS = (
    "The file is rights-managed: only named people may open it. Lift that (File > Info > Protect Workbook > "
    "Restrict Access > Unrestricted Access, or a sensitivity label that does not encrypt)."
)

# What is read all the same and worth a word; the child names the warning, the officer gets the sentence.
OPENED_WITHOUT_PASSWORD = "opened-without-password"  # noqa: S105 - the name of a warning
OUTSIDE_NOT_USED = "outside-not-used"
WARNINGS: Mapping[str, str] = MappingProxyType(
    {
        OPENED_WITHOUT_PASSWORD: (
            "The file is locked as 'read-only recommended'. It was read; save it without that option "
            "(File > Info > Protect Workbook) next time."
        ),
        OUTSIDE_NOT_USED: (
            "The workbook has links to other files or data connections. Nothing that was read comes from them, so "
            "they were left alone."
        ),
    }
)

CODES = frozenset(MESSAGES)
MAX_DETAIL = 200


class Refused(Exception):  # noqa: N818 - a file that is refused is an outcome, not an error of ours
    """Raised inside the reader to end it with a refusal.

    Attributes:
        code: One of ``CODES``.
        what: The detail that the message names; empty where it names none.
    """

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(code, what)
        self.code = code
        self.what = what


def refusal(code: str, what: str = "") -> Refusal:
    """Return the refusal of that code, in words.

    Args:
        code: One of ``CODES``.
        what: The detail that the message names. It may come from the file, so it is cut short and
            what cannot be printed is left out.

    Raises:
        KeyError: If there is no such code.
    """
    printable = "".join(character for character in what if character.isprintable())[:MAX_DETAIL]
    return Refusal(code, MESSAGES[code].replace("{what}", printable))
