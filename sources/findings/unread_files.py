"""Which finding each refusal and each note of the reader is.

Here belongs the one table from the reader's reasons to the types that have words. Not here: the words
(``findings.words.files``), and when a file is refused (``reader``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sources.findings.fault import Warn
from sources.findings.place import Place
from sources.findings.words import files
from sources.reader import refusals
from sources.reader.cells import Refusal

NOT_READ: Mapping[str, type[files.FileNotRead]] = MappingProxyType(
    {
        "file-empty": files.FileEmpty,
        "file-too-big": files.FileTooBig,
        "format-mismatch": files.OtherThanItsName,
        refusals.OLDER_EXCEL: files.OlderExcel,
        refusals.NOT_A_WORKBOOK: files.NotAWorkbook,
        refusals.PASSWORD: files.HasPassword,
        refusals.RIGHTS: files.RightsManaged,
        "macro": files.HasMacros,
        refusals.EMBEDDED: files.HasEmbedded,
        refusals.ACTIVE_X: files.HasActiveX,
        refusals.QUERY: files.HasQuery,
        refusals.LINKED_PICTURE: files.HasLinkedPicture,
        refusals.LINK: files.HasLink,
        "zip-corrupt": files.Damaged,
        refusals.ZIP64: files.Zip64,
        "zip-too-big": files.UnpacksTooBig,
        "zip-ratio": files.UnpacksSuspiciously,
        "zip-overlap": files.PartsOverlap,
        "zip-duplicate-part": files.PartTwice,
        "zip-too-many-parts": files.TooManyParts,
        "xml-doctype": files.HasDoctype,
        "xml-encoding": files.OtherEncoding,
        "xml-corrupt": files.PartDamaged,
        "sst-count": files.TextsDoNotFit,
        "ole-corrupt": files.OleDamaged,
        "used-range": files.FarOutside,
        "too-much-content": files.TooMuch,
        "cell-too-long": files.CellTooLong,
        "too-slow": files.TooSlow,
        "parser-failed": files.ReadingFailed,
    }
)
NOTED: Mapping[str, type[Warn]] = MappingProxyType(
    {
        refusals.OPENED_WITHOUT_PASSWORD: files.OpenedWithoutPassword,
        refusals.OUTSIDE_NOT_USED: files.OutsideNotUsed,
    }
)


def not_read(refusal: Refusal) -> files.FileNotRead:
    """Return what is said of a file that the reader refused."""
    return NOT_READ[refusal.reason](Place(), refusal.what)


def noted(name: str) -> Warn:
    """Return what is said of a file that was read, for a note of the reader."""
    return NOTED[name](Place())
