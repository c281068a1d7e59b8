"""The XML's gate: every part that is read is UTF-8, none has a document type, each is read in one pass.

Here belongs how a part's XML is read safely. Not here: what its elements mean (``package``,
``sheet_xml``).

A document type is looked for in the bytes, before the parser sees them. That is sound because
anything but UTF-8 is refused first: in UTF-8 the declaration has only one spelling. A part that is
never read is never parsed either, so it may be in UTF-16 (Excel writes some so); it is looked for
there too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from lxml import etree

from sources.reader.refusals import Refused
from sources.reader.zip_gate import DAMAGE, Container

SPREADSHEET = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",  # strict Open XML
)
_BOM = b"\xef\xbb\xbf"
_DECLARATION = re.compile(rb"<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")
_DOCTYPE = b"<!DOCTYPE"
_OUT_OF_MEMORY = 2  # XML_ERR_NO_MEMORY: libxml2 reports it as if the text were wrong
_CHUNK_BYTES = 64 * 1024


class GuardedPart:
    """A part's bytes, refused as soon as they declare a document type or, if it is read, are not UTF-8."""

    def __init__(self, stream: IO[bytes], name: str, *, is_read: bool = True) -> None:
        self._stream = stream
        self._name = name
        self._is_read = is_read
        self._tail: bytes | None = None  # None until the first bytes were looked at

    def read(self, size: int) -> bytes:
        """Return the next bytes.

        Raises:
            Refused: ``xml-encoding``, ``xml-doctype``, or ``zip-corrupt`` for a wrong check sum.
        """
        try:
            chunk = self._stream.read(size)
        except DAMAGE as error:
            raise Refused("zip-corrupt", f"{self._name}: {error}") from error
        if self._tail is None:
            if self._is_read:
                _check_encoding(chunk, self._name)
            self._tail = b""
        # In UTF-16 and UTF-32, whichever way round, a Latin letter is its own byte among zeros.
        seen = self._tail + (chunk if self._is_read else chunk.replace(b"\0", b""))
        if _DOCTYPE in seen:
            raise Refused("xml-doctype", self._name)
        self._tail = seen[-len(_DOCTYPE) :]
        return chunk

    def close(self) -> None:
        """Close the part."""
        self._stream.close()


def elements(container: Container, name: str, root: str, tags: tuple[str, ...]) -> Iterator[etree._Element]:
    """Yield the elements of ``tags`` of a part as they end; each is emptied before the next one.

    Args:
        container: Where the part is.
        name: The part's name.
        root: Local name that its root element must have.
        tags: Qualified names to yield.

    Raises:
        Refused: ``xml-*``, ``zip-corrupt``.
        MemoryError: If libxml2 ran out of memory.
    """
    part = GuardedPart(container.open(name), name)
    parser = etree.iterparse(
        part,
        events=("end",),
        tag=tags,
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        for _, element in parser:
            yield element
            _forget(element)
    except etree.XMLSyntaxError as error:
        # The stubs do not know ``code``.
        if getattr(error, "code", None) == _OUT_OF_MEMORY:
            raise MemoryError from error
        raise Refused("xml-corrupt", f"{name}, line {error.lineno}") from error
    finally:
        part.close()
    # Without this a part in a namespace of its own would read as an empty one.
    if parser.root is None or etree.QName(parser.root).localname != root:
        raise Refused("xml-corrupt", f"{name} is not a {root}")


def spreadsheet_tags(*names: str) -> tuple[str, ...]:
    """Return the qualified names of spreadsheet elements, transitional and strict."""
    return tuple(f"{{{namespace}}}{name}" for namespace in SPREADSHEET for name in names)


def local_name(element: etree._Element | None) -> str:
    """Return an element's name without its namespace; empty for what is no element."""
    return element.tag.rpartition("}")[2] if element is not None and isinstance(element.tag, str) else ""


def check_unread_parts(container: Container) -> None:
    """Read through the parts that nothing was read from, so that a damaged or hostile one is refused too.

    Raises:
        Refused: ``xml-doctype``, ``zip-corrupt``.
    """
    for name in container.unread:
        stream = container.open(name)
        is_xml = name.lower().endswith((".xml", ".rels", ".vml"))
        part = GuardedPart(stream, name, is_read=False) if is_xml else stream
        try:
            while part.read(_CHUNK_BYTES):
                pass
        except DAMAGE as error:
            raise Refused("zip-corrupt", f"{name}: {error}") from error


def _forget(element: etree._Element) -> None:
    """Free an element and all before it, so that memory follows the largest row and not the sheet."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _check_encoding(start: bytes, name: str) -> None:
    """Refuse a part that is not UTF-8 by its first bytes or by its own declaration."""
    if not start:
        raise Refused("xml-corrupt", f"{name} is empty")
    text = start.removeprefix(_BOM)
    if not text.lstrip(b" \t\r\n").startswith(b"<") or b"\0" in text:
        raise Refused("xml-encoding", name)
    declaration = _DECLARATION.match(text)
    if text.startswith(b"<?xml ") and declaration is None:
        raise Refused("xml-encoding", name)
    encoding = _ENCODING.search(declaration.group(0)) if declaration else None
    if encoding and encoding.group(1).lower() not in (b"utf-8", b"utf8"):
        raise Refused("xml-encoding", f"{name} says {encoding.group(1).decode('ascii', 'replace')}")
