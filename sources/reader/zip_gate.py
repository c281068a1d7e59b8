"""The container's gate: what a zip file must look like before any of its parts is read.

Here belongs everything that can be judged from the directory of a zip file, and the check sums of
its parts. Not here: which parts a workbook has (``package``) and the XML in them (``xml_gate``).

The declared sizes are safe to judge by: ``zipfile`` never hands out more of a part than its
declared size, and a part whose real size differs fails its check sum.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import IO

from sources.reader.limits import MEBIBYTE, Limits
from sources.reader.refusals import PASSWORD, ZIP64, Refused

_END_RECORD = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_ZIP64_LOCATOR_SIGNATURE = b"PK\x06\x07"
_ZIP64_LOCATOR_BYTES = 20
_MAX_COMMENT = 0xFFFF
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_IS_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# A directory entry takes 46 bytes and its name; more than this for each one is no directory.
_MAX_ENTRY_BYTES = 1024
_RATIO_FROM_BYTES = MEBIBYTE

# What zipfile and zlib raise on damaged bytes.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError)


class Container:
    """The parts of a zip file that has passed the gate, by name without regard to case.

    Raises:
        Refused: ``zip-*`` or ``encrypted``.
    """

    def __init__(self, stream: IO[bytes], limits: Limits) -> None:
        _check_end_record(stream, limits)
        try:
            self._archive = zipfile.ZipFile(stream)
            entries = [entry for entry in self._archive.infolist() if not entry.is_dir()]
            _check_spans(stream, self._archive)
        except DAMAGE as error:
            raise Refused("zip-corrupt", type(error).__name__) from error
        _check_entries(entries, limits)
        _check_sizes(entries, limits)
        self._entries = {entry.filename.casefold(): entry for entry in entries}
        self._opened: set[str] = set()

    @property
    def names(self) -> list[str]:
        """Names of the parts as the directory spells them."""
        return [entry.filename for entry in self._entries.values()]

    @property
    def unread(self) -> list[str]:
        """Names of the parts that were not opened so far."""
        return [entry.filename for key, entry in self._entries.items() if key not in self._opened]

    def leave(self, name: str) -> None:
        """Count a part as not opened: it was only looked into."""
        self._opened.discard(name.casefold())

    def has(self, name: str) -> bool:
        """Return whether there is such a part."""
        return name.casefold() in self._entries

    def size(self, name: str) -> int:
        """Return a part's inflated size.

        Raises:
            Refused: ``xml-corrupt`` if there is no such part.
        """
        return self._entry(name).file_size

    def open(self, name: str) -> IO[bytes]:
        """Open a part for reading; a wrong check sum is raised by its last read, as one of ``DAMAGE``.

        Raises:
            Refused: ``xml-corrupt`` if there is no such part, ``zip-corrupt`` if it is not where the
                directory says.
        """
        entry = self._entry(name)
        self._opened.add(name.casefold())
        try:
            return self._archive.open(entry)
        except DAMAGE as error:
            raise Refused("zip-corrupt", f"{name}: {error}") from error

    def _entry(self, name: str) -> zipfile.ZipInfo:
        if not self.has(name):
            raise Refused("xml-corrupt", f"there is no part {name}")
        return self._entries[name.casefold()]


def _check_end_record(stream: IO[bytes], limits: Limits) -> None:
    """Refuse a directory that is missing, cut off, or too large to be read into memory."""
    size = stream.seek(0, 2)
    tail_at = stream.seek(max(0, size - _END_RECORD.size - _MAX_COMMENT))
    tail = stream.read()
    found = tail.rfind(_END_SIGNATURE)
    if found < 0 or len(tail) - found < _END_RECORD.size:
        raise Refused("zip-corrupt", "its directory is missing")
    record = _END_RECORD.unpack_from(tail, found)
    entries, directory_bytes, comment_bytes = record[4], record[5], record[7]
    if tail_at + found + _END_RECORD.size + comment_bytes != size:
        raise Refused("zip-corrupt", "something follows its directory")
    if tail[max(0, found - _ZIP64_LOCATOR_BYTES) : found].startswith(_ZIP64_LOCATOR_SIGNATURE):
        raise Refused(ZIP64)
    if entries > limits.parts or directory_bytes > limits.parts * _MAX_ENTRY_BYTES:
        raise Refused("zip-too-many-parts", f"{entries:,}; at most {limits.parts:,}")


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.parts:
        raise Refused("zip-too-many-parts", f"{len(entries):,}; at most {limits.parts:,}")
    names: set[str] = set()
    for entry in entries:
        if entry.flag_bits & _IS_ENCRYPTED:
            raise Refused(PASSWORD)
        if entry.compress_type not in _METHODS:
            raise Refused("zip-corrupt", f"{entry.filename} is packed by a method that Excel does not use")
        if entry.filename.casefold() in names:
            raise Refused("zip-duplicate-part", entry.filename)
        names.add(entry.filename.casefold())


def _check_sizes(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    total = sum(entry.file_size for entry in entries)
    if total > limits.inflated_bytes:
        raise Refused("zip-too-big", f"{total:,} bytes; at most {limits.inflated_bytes:,}")
    for entry in entries:
        if entry.file_size > max(_RATIO_FROM_BYTES, limits.ratio * entry.compress_size):
            raise Refused("zip-ratio", f"{entry.filename}: {entry.compress_size:,} bytes become {entry.file_size:,}")


def _check_spans(stream: IO[bytes], archive: zipfile.ZipFile) -> None:
    """Refuse parts that share bytes: one small stretch of a file could be inflated many times over.

    CPython looks for this itself only from 3.11.8 on.
    """
    end = 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise Refused("zip-overlap", entry.filename)
        stream.seek(entry.header_offset)
        header = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
        end = entry.header_offset + _LOCAL_HEADER.size + header[9] + header[10] + entry.compress_size
    if end > archive.start_dir:
        raise Refused("zip-overlap", "its directory")
