"""What is said of a file as such: why it could not be read, and what of it was left alone.

Here belong the findings on a file of which no sheet was read as a return. Not here: when a file is refused
(``reader``), which refusal is which finding (``findings.unread_files``), a file that was read and is not a return
(``findings.words.form``).
"""

from __future__ import annotations

from sources.findings.fault import Block, Warn
from sources.findings.findings import WhoActs

_SAVE_AS = "choose File, Save As and the type Excel Workbook (.xlsx)"
_SAVE_AGAIN = f"Open it in Excel, {_SAVE_AS}, and send that file."
_SAVE_AND_SEND = "Then save the workbook and send it again."
_START_AGAIN = "Copy your figures into a new template and send that."


class FileNotRead(Block):
    """A file that was not opened, or not read to its end; ``what`` is the detail that a text may name."""

    rule = "D01"
    what: str


# What kind of file it is.


class FileEmpty(FileNotRead):
    code = "file-empty"
    wrong = "The file is empty (0 bytes)."
    remedy = "Open your workbook in Excel, choose File and Save, and send it again."


class FileTooBig(FileNotRead):
    code = "file-too-big"
    wrong = "The file is too big ({what}). A return is far smaller."
    remedy = f"Delete pictures and old sheets. Then {_SAVE_AS}, and send that file."


class OtherThanItsName(FileNotRead):
    code = "format-mismatch"
    wrong = "The file is not what its name says: {what}."
    remedy = f"Open your return in Excel, {_SAVE_AS}, and send that file."


class OlderExcel(FileNotRead):
    code = "format-not-supported"
    wrong = "This is an older Excel format, in which we cannot check hidden rows and error cells."
    remedy = _SAVE_AGAIN


class NotAWorkbook(FileNotRead):
    code = "format-not-supported"
    wrong = "This is {what}, not an Excel workbook."
    remedy = f"Open your return in Excel, {_SAVE_AS}, and send that file. Send the whole workbook."


# What we never open.


class HasPassword(FileNotRead):
    code = "encrypted"
    wrong = "The file has a password."
    remedy = (
        "Open it in Excel and choose File, Info, Protect Workbook and Encrypt with Password. Clear the password and "
        f"choose OK. {_SAVE_AND_SEND}"
    )


class RightsManaged(FileNotRead):
    code = "encrypted"
    wrong = "The file is rights-managed: only named people can open it."
    remedy = (
        "Choose File, Info, Protect Workbook, Restrict Access and Unrestricted Access, or choose a sensitivity label "
        f"that does not encrypt. {_SAVE_AND_SEND}"
    )


class HasMacros(FileNotRead):
    code = "macro"
    wrong = "The workbook has macros, which we never open."
    remedy = _SAVE_AGAIN


class HasEmbedded(FileNotRead):
    code = "external-content"
    wrong = "The workbook has an embedded object or file, which we never open."
    remedy = f"Click on it and press Delete. Or copy your figures into a new template. {_SAVE_AND_SEND}"


class HasActiveX(FileNotRead):
    code = "external-content"
    wrong = "The workbook has an ActiveX control, which we never run."
    remedy = f"Choose Developer and Design Mode, click on the control and press Delete. {_SAVE_AND_SEND}"


class HasQuery(FileNotRead):
    code = "external-content"
    wrong = "A query or data connection fills a table on the sheet '{what}'."
    remedy = f"Choose Data and Queries & Connections, and delete the query and the connection. {_SAVE_AND_SEND}"


class HasLinkedPicture(FileNotRead):
    code = "external-content"
    wrong = "The sheet '{what}' has a linked picture, which is in another file."
    remedy = f"Click on it and press Delete. {_SAVE_AND_SEND}"


class HasLink(FileNotRead):
    code = "external-content"
    wrong = "The workbook has a link to something outside the file: {what}."
    remedy = f"Choose Data, Edit Links and Break Link. Or copy your figures into a new template. {_SAVE_AND_SEND}"


# What is damaged, or made to look like a workbook.


class Damaged(FileNotRead):
    code = "zip-corrupt"
    wrong = "The file is damaged, or was not copied whole ({what})."
    remedy = _SAVE_AGAIN


class Zip64(FileNotRead):
    code = "zip-corrupt"
    wrong = "The file is written as ZIP64, the form for files of several gigabytes."
    remedy = _START_AGAIN


class UnpacksTooBig(FileNotRead):
    code = "zip-too-big"
    wrong = "The file unpacks to far more than a return can have ({what})."
    remedy = _START_AGAIN


class UnpacksSuspiciously(FileNotRead):
    code = "zip-ratio"
    wrong = "The file unpacks to a suspicious size ({what})."
    remedy = _START_AGAIN


class PartsOverlap(FileNotRead):
    code = "zip-overlap"
    wrong = "Parts of the file overlap, as in no workbook from Excel ({what})."
    remedy = _START_AGAIN


class PartTwice(FileNotRead):
    code = "zip-duplicate-part"
    wrong = "The file has the same part twice ({what})."
    remedy = _SAVE_AGAIN


class TooManyParts(FileNotRead):
    code = "zip-too-many-parts"
    wrong = "The file has too many parts ({what})."
    remedy = _START_AGAIN


class HasDoctype(FileNotRead):
    code = "xml-doctype"
    wrong = "The file has a document type declaration, as in no workbook from Excel ({what})."
    remedy = _SAVE_AGAIN


class OtherEncoding(FileNotRead):
    code = "xml-encoding"
    wrong = "A part of the file is not written in UTF-8 ({what})."
    remedy = _SAVE_AGAIN


class PartDamaged(FileNotRead):
    code = "xml-corrupt"
    wrong = "We cannot read a part of the file ({what})."
    remedy = _SAVE_AGAIN


class TextsDoNotFit(FileNotRead):
    code = "sst-count"
    wrong = "The file's list of texts does not fit its size ({what})."
    remedy = _SAVE_AGAIN


class OleDamaged(FileNotRead):
    code = "ole-corrupt"
    wrong = "The file is damaged inside ({what})."
    remedy = _SAVE_AGAIN


# What is more than a return.


class FarOutside(FileNotRead):
    code = "used-range"
    wrong = "There is content far outside the template, at {what}."
    remedy = f"Mark the rows or columns from there to the end, right-click them and choose Delete. {_SAVE_AND_SEND}"


class TooMuch(FileNotRead):
    code = "too-much-content"
    wrong = "The workbook has far more than a return ({what})."
    remedy = _START_AGAIN


class CellTooLong(FileNotRead):
    code = "cell-too-long"
    wrong = "{what}. Excel allows 32,767 characters in a cell."
    remedy = f"Shorten the text. {_SAVE_AND_SEND}"


class TooSlow(FileNotRead):
    code = "too-slow"
    wrong = "We stopped, because reading the file took longer than we allow."
    remedy = _START_AGAIN


class ReadingFailed(FileNotRead):
    code = "parser-failed"
    wrong = "Reading the file failed ({what})."
    remedy = _SAVE_AGAIN


# What never came to reading, and where our own checks stopped.


class NotAFile(FileNotRead):
    code = "not-regular-file"
    wrong = "This is a {what}, not a file of its own."
    remedy = "Copy the workbook itself into your folder."


class ChecksStopped(Block):
    rule = "D01"
    code = "check-failed"
    who = WhoActs.DATA_TEAM
    wrong = "Our own checks stopped on this file, so we loaded nothing of it."
    remedy = "The data team has to look at it. Send it again only if they ask you to."


# What was read all the same.


class OpenedWithoutPassword(Warn):
    rule = "D01"
    wrong = "The file is locked as 'read-only recommended'. We read it."
    remedy = "For the next one, choose File, Info, Protect Workbook and Always Open Read-Only to switch that off."


class OutsideNotUsed(Warn):
    rule = "D01"
    who = WhoActs.NOBODY
    wrong = (
        "The workbook has links to other files or data connections. Nothing that we read comes from them, so we "
        "left them alone."
    )
    remedy = "You need do nothing about this return."
