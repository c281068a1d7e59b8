"""The gate for OLE files: older Excel, and workbooks with a password.

Here belongs telling those apart and opening the one password that is none: Excel locks a
workbook "read-only recommended" with ``VelvetSweatshop``, and opens it itself without asking.
Imported only for a file that is OLE, since it costs time; and before the child can open nothing
more, so what its libraries would load later is loaded here.
"""

from __future__ import annotations

import codecs
import io
import xml.dom.expatbuilder
from typing import IO

import msoffcrypto.format.ooxml
import olefile
from cryptography.hazmat.backends import default_backend

from sources.reader.file_type import FileType
from sources.reader.refusals import PASSWORD, RIGHTS, Refused

_LOADED_EARLY = (msoffcrypto.format.ooxml, xml.dom.expatbuilder, default_backend(), codecs.lookup("utf-16-le"))

EXCELS_OWN_PASSWORD = "VelvetSweatshop"  # noqa: S105 - published by Microsoft, protects nothing
# In capitals, since the names in an OLE file are the same in any case.
_ENCRYPTED_PACKAGE = "ENCRYPTEDPACKAGE"
_MACROS = "_VBA_PROJECT_CUR"
# The transform of a rights-managed workbook is named so, and so is what one of an older kind keeps.
_RIGHTS_MANAGED = ("DRMENCRYPTEDTRANSFORM", "DRMCONTENT", "DRMENCRYPTEDDATASPACE")
_STREAM_TYPES = (
    ("WORKBOOK", FileType.XLS),
    ("BOOK", FileType.XLS),
    ("WORDDOCUMENT", FileType.WORD),
    ("POWERPOINT DOCUMENT", FileType.POWERPOINT),
)


def file_type(stream: IO[bytes]) -> FileType:
    """Return what kind of OLE file it is; XLSX for an encrypted package.

    Raises:
        Refused: ``ole-corrupt``, ``macro`` for an older workbook that holds macros, or ``encrypted``
            for one that is rights-managed.
    """
    try:
        ole = olefile.OleFileIO(stream)
        names = {"/".join(path).upper() for path in ole.listdir(streams=True, storages=True)}
    except Exception as error:
        # olefile raises whatever a crooked table leads it into: IndexError, struct.error, OSError.
        raise Refused("ole-corrupt", type(error).__name__) from error
    if any(name.rpartition("/")[2].strip("\t\x06").startswith(_RIGHTS_MANAGED) for name in names):
        raise Refused(RIGHTS)
    if _ENCRYPTED_PACKAGE in names:
        return FileType.XLSX
    if _MACROS in names:
        raise Refused("macro")
    real = next((kind for name, kind in _STREAM_TYPES if name in names), FileType.OLE)
    if real is FileType.OLE and ole.parsing_issues:
        raise Refused("ole-corrupt", "its tables lead nowhere")
    return real


def decrypt(stream: IO[bytes]) -> IO[bytes]:
    """Return the workbook inside a package that Excel opens without asking for a password.

    Raises:
        Refused: ``encrypted`` if it has a password of its own.
    """
    inside = io.BytesIO()
    try:
        package = msoffcrypto.OfficeFile(stream)
        package.load_key(password=EXCELS_OWN_PASSWORD, verify_password=True)
        package.decrypt(inside)
    except Exception as error:
        # Whatever stops us from opening it, the sender's way out is the same: remove the password.
        raise Refused(PASSWORD) from error
    inside.seek(0)
    return inside
