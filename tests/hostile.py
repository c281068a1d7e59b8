"""Workbooks made by hand, part by part, so that each can have the one defect that a test is about.

Here belongs the making of bytes: a package of XML parts, zip files that lie, OLE files. Not here:
what is then expected of the reader.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from msoffcrypto.format.ooxml import OOXMLFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = "xl/workbook.xml"
SHARED = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
WORKBOOK_RELATIONSHIPS = "xl/_rels/workbook.xml.rels"


def sheet_xml(rows: str, before: str = "", after: str = "", namespace: str = MAIN) -> str:
    """A worksheet with these rows, and with what stands before and after them."""
    return f'{HEADER}<worksheet xmlns="{namespace}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def relationship(identity: str, kind: str, target: str, more: str = "", base: str = OFFICE) -> str:
    return f'<Relationship Id="{identity}" Type="{base}/{kind}" Target="{target}"{more}/>'


def relationships_xml(*items: str) -> str:
    return f'{HEADER}<Relationships xmlns="{PACKAGE}/relationships">{"".join(items)}</Relationships>'


def content_types(main: str = SHEET_TYPE, more: str = "") -> str:
    return (
        f'{HEADER}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{WORKBOOK}" ContentType="{main}"/>{more}</Types>'
    )


def workbook_xml(sheets: str = '<sheet name="Savings" sheetId="1" r:id="rId1"/>', before: str = "") -> str:
    return f'{HEADER}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheets>{sheets}</sheets></workbook>'


def shared_xml(items: str, attributes: str = "") -> str:
    return f'{HEADER}<sst xmlns="{MAIN}"{attributes}>{items}</sst>'


def styles_xml(*number_formats: str) -> str:
    """Styles whose cell format n has the n-th number format code; format 0 is General."""
    codes = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{code}"/>' for n, code in enumerate(number_formats))
    formats = "".join(f'<xf numFmtId="{200 + n}"/>' for n, _ in enumerate(number_formats))
    return (
        f'{HEADER}<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs><xf/>{formats}</cellXfs></styleSheet>'
    )


def parts(rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', **changed: str | bytes) -> dict[str, str | bytes]:
    """The parts of a small, good workbook; ``changed`` replaces or adds parts by keyword.

    Keywords: ``sheet``, ``workbook``, ``shared``, ``styles``, ``types``, ``workbook_relationships``.
    """
    names = {
        "sheet": SHEET,
        "workbook": WORKBOOK,
        "shared": SHARED,
        "styles": STYLES,
        "types": "[Content_Types].xml",
        "workbook_relationships": WORKBOOK_RELATIONSHIPS,
    }
    linked = [relationship("rId1", "worksheet", "worksheets/sheet1.xml")]
    linked += [relationship("rId2", "sharedStrings", "sharedStrings.xml")] if "shared" in changed else []
    linked += [relationship("rId3", "styles", "styles.xml")] if "styles" in changed else []
    good: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relationships_xml(relationship("rId1", "officeDocument", WORKBOOK)),
        WORKBOOK: workbook_xml(),
        WORKBOOK_RELATIONSHIPS: relationships_xml(*linked),
        SHEET: sheet_xml(rows),
    }
    return good | {names[keyword]: part for keyword, part in changed.items()}


def zipped(contents: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return stream.getvalue()


def workbook(rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', **changed: str | bytes) -> bytes:
    """The bytes of a small workbook; see ``parts``."""
    return zipped(parts(rows, **changed))


def workbook_with_sheet_links(*items: str) -> bytes:
    """A good workbook whose sheet has these relationships."""
    return with_part("xl/worksheets/_rels/sheet1.xml.rels", relationships_xml(*items))


def with_part(name: str, content: str | bytes) -> bytes:
    """A good workbook with one part more."""
    return zipped(parts() | {name: content})


def with_repeated_piece(prefix: bytes, piece: bytes, times: int, suffix: bytes) -> bytes:
    """A workbook whose sheet is a piece of XML so many times over, compressed without being built in memory."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    block, blocks = piece * 1000, times // 1000
    crc, size, packed = 0, 0, []
    for data in (prefix, *(block for _ in range(blocks)), suffix):
        crc, size = zlib.crc32(data, crc), size + len(data)
        packed.append(compressor.compress(data))
    packed.append(compressor.flush())
    return _with_raw_sheet(b"".join(packed), crc, size)


def _with_raw_sheet(packed: bytes, crc: int, size: int) -> bytes:
    """A workbook whose sheet is already compressed: stored by ``zipfile``, then declared as deflated."""
    data = bytearray(zipped(parts() | {SHEET: packed}, zipfile.ZIP_STORED))
    for entry in _entries(bytes(data)):
        if entry.filename != SHEET:
            continue
        central = bytes(data).rfind(SHEET.encode()) - 46
        struct.pack_into("<H", data, entry.header_offset + 8, zipfile.ZIP_DEFLATED)
        struct.pack_into("<L", data, entry.header_offset + 14, crc)
        struct.pack_into("<L", data, entry.header_offset + 22, size)
        struct.pack_into("<H", data, central + 10, zipfile.ZIP_DEFLATED)
        struct.pack_into("<L", data, central + 16, crc)
        struct.pack_into("<L", data, central + 24, size)
    return bytes(data)


def with_declared_size(data: bytes, name: str, size: int) -> bytes:
    """The same zip file, whose directory says that a part inflates to ``size`` bytes."""
    changed = bytearray(data)
    struct.pack_into("<L", changed, data.rfind(name.encode()) - 46 + 24, size)
    return bytes(changed)


def with_flag(name: str, flag: int) -> bytes:
    """A good workbook whose directory gives a part a flag, 1 for encrypted."""
    data = bytearray(workbook())
    struct.pack_into("<H", data, bytes(data).rfind(name.encode()) - 46 + 8, flag)
    return bytes(data)


def with_overlapping_parts() -> bytes:
    """A zip file whose directory names the same bytes of one sheet twice."""
    data = bytearray(zipped(parts() | {"xl/worksheets/sheet2.xml": parts()[SHEET]}))
    offsets = {entry.filename: entry.header_offset for entry in _entries(bytes(data))}
    central = bytes(data).rfind(b"xl/worksheets/sheet2.xml") - 46
    struct.pack_into("<L", data, central + 42, offsets[SHEET])
    return bytes(data)


def as_zip64(data: bytes) -> bytes:
    """The same zip file, whose directory is named by the records for files of several gigabytes."""
    end = data.rfind(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<HLL", data, end + 10)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    return data[:end] + record + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1) + data[end:]


def with_broken_checksum(name: str) -> bytes:
    """A good workbook, stored, with one character of a part's text changed after its sum was taken."""
    data = bytearray(zipped(parts() | {"docProps/note.txt": "a note"}, zipfile.ZIP_STORED))
    entry = next(entry for entry in _entries(bytes(data)) if entry.filename == name)
    data[entry.header_offset + 30 + len(name) + entry.file_size - 1] ^= 1
    return bytes(data)


def encrypted(password: str) -> bytes:
    """A good workbook under a password, large enough for the writer, which mangles what is below 4 KiB."""
    padding = hashlib.shake_256(b"padding").digest(8192)
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(with_part("docProps/thumbnail.wmf", padding))).encrypt(password, stream)
    return stream.getvalue()


def ole_with_stream(name: str) -> bytes:
    """An OLE file with a stream of that name (16 letters at most), as an older workbook has one."""
    old = "EncryptedPackage".encode("utf-16-le")
    new = name.encode("utf-16-le")
    data = bytearray(encrypted("x"))
    at = bytes(data).find(old)
    data[at : at + len(old)] = new.ljust(len(old), b"\0")
    struct.pack_into("<H", data, at + 64, len(new) + 2)
    return bytes(data)


def ole_with_cycle() -> bytes:
    """An OLE file whose table of sectors leads from each sector to the first one."""
    data = bytearray(encrypted("x"))
    (table,) = struct.unpack_from("<L", data, 76)
    for entry in range(128):
        struct.pack_into("<L", data, 512 * (table + 1) + 4 * entry, 0)
    return bytes(data)


def ole_with_sector_count(count: int) -> bytes:
    """An OLE file that says that it has so many sectors of tables, beginning with its first sector."""
    data = bytearray(encrypted("x"))
    struct.pack_into("<LL", data, 68, 0, count)
    return bytes(data)


def _entries(data: bytes) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.infolist()
