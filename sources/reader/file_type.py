"""What a file really is, by its content, and whether that is what its name says and what we read.

Here belongs telling kinds of files apart by their first bytes, and the two refusals that follow
from it. Not here: what a container holds inside (``zip_gate``, ``package``, ``ole_gate``).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath

from sources.reader.refusals import NOT_A_WORKBOOK, OLDER_EXCEL, Refused

HEAD_BYTES = 4096
OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # the second is an empty archive


class FileType(StrEnum):
    """A kind of file, as an officer would name it."""

    XLSX = "an Excel Workbook (.xlsx)"
    MACRO_WORKBOOK = "an Excel workbook with macros (.xlsm)"
    EXCEL_TEMPLATE = "an Excel template (.xltx)"
    XLSB = "an Excel Binary Workbook (.xlsb)"
    XLS = "an older Excel workbook (.xls)"
    ODS = "an OpenDocument file (.ods)"
    FODS = "a flat OpenDocument file (.fods)"
    NUMBERS = "an Apple Numbers file (.numbers)"
    GOOGLE_LINK = "a link to a Google Sheet (.gsheet)"
    TEXT = "a text file (.csv or .txt)"
    HTML = "a web page (HTML)"
    XML = "an XML file"
    PDF = "a PDF document"
    RTF = "a rich text document"
    WORD = "a Word document"
    POWERPOINT = "a PowerPoint presentation"
    PICTURE = "a picture"
    ARCHIVE = "an archive of other files"
    ZIP = "a zip archive"
    OLE = "an Office file of an older kind"
    UNKNOWN = "no kind of file that we know"


_MAGIC = (
    (b"\x09\x00\x04\x00", FileType.XLS),  # Excel 2 to 4 wrote their records without a container
    (b"\x09\x02\x06\x00", FileType.XLS),
    (b"\x09\x04\x06\x00", FileType.XLS),
    (b"%PDF-", FileType.PDF),
    (b"{\\rtf", FileType.RTF),
    (b"\x89PNG", FileType.PICTURE),
    (b"\xff\xd8\xff", FileType.PICTURE),
    (b"GIF8", FileType.PICTURE),
    (b"\x1f\x8b", FileType.ARCHIVE),
    (b"7z\xbc\xaf", FileType.ARCHIVE),
    (b"Rar!", FileType.ARCHIVE),
)

_BY_SUFFIX = {
    ".xlsx": FileType.XLSX,
    ".xlsm": FileType.MACRO_WORKBOOK,
    ".xltm": FileType.MACRO_WORKBOOK,
    ".xlam": FileType.MACRO_WORKBOOK,
    ".xltx": FileType.EXCEL_TEMPLATE,
    ".xlsb": FileType.XLSB,
    ".xls": FileType.XLS,
    ".ods": FileType.ODS,
    ".fods": FileType.FODS,
    ".numbers": FileType.NUMBERS,
    ".gsheet": FileType.GOOGLE_LINK,
    ".csv": FileType.TEXT,
    ".tsv": FileType.TEXT,
    ".txt": FileType.TEXT,
    ".html": FileType.HTML,
    ".htm": FileType.HTML,
    ".xml": FileType.XML,
    ".pdf": FileType.PDF,
    ".docx": FileType.WORD,
    ".pptx": FileType.POWERPOINT,
    ".zip": FileType.ZIP,
}


def sniff(head: bytes) -> FileType:
    """Return what a file is by its first ``HEAD_BYTES``; ZIP and OLE are still to be looked into."""
    if head.startswith(OLE_MAGIC):
        return FileType.OLE
    if head.startswith(ZIP_MAGIC):
        return FileType.ZIP
    for magic, file_type in _MAGIC:
        if head.startswith(magic):
            return file_type
    return _sniff_text(head)


def is_workbook(file_name: str, real: FileType) -> bool:
    """Return whether it is an .xlsx workbook and named so: the one thing that is read."""
    return real is FileType.XLSX and _suffix(file_name) == ".xlsx"


def refusal_of(file_name: str, real: FileType) -> Refused:
    """Return the refusal of any other file.

    ``macro``; ``format-not-supported`` where name and content agree; else ``format-mismatch``,
    naming the real type.
    """
    suffix = _suffix(file_name)
    if real is FileType.MACRO_WORKBOOK:
        return Refused("macro")
    if _BY_SUFFIX.get(suffix) is not real:
        return Refused("format-mismatch", f"it is named {suffix or 'without an ending'}, but it is {real}")
    return Refused(OLDER_EXCEL if real in (FileType.XLS, FileType.XLSB) else NOT_A_WORKBOOK, real)


def _suffix(file_name: str) -> str:
    return PurePath(file_name.strip()).suffix.lower()


def _sniff_text(head: bytes) -> FileType:
    """Tell kinds of text apart; what holds control characters is no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileType.TEXT
    if any(byte < ord(" ") and byte not in b"\t\n\r\f" for byte in head):
        return FileType.UNKNOWN
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<table" in start:
        return FileType.HTML
    if b"office:document" in start:
        return FileType.FODS
    if start.startswith(b"<"):
        return FileType.XML
    if start.startswith(b"{") and (b'"doc_id"' in start or b"docs.google.com" in start):
        return FileType.GOOGLE_LINK
    return FileType.TEXT
