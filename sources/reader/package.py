"""The package: which parts make a workbook, and what a workbook may not bring with it.

Here belong content types, relationships, and the refusal of macros and of content from outside.
Not here: the container (``zip_gate``) and what is in the sheets (``sheet_xml``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from sources.reader.file_type import FileType
from sources.reader.refusals import Refused
from sources.reader.xml_gate import elements
from sources.reader.zip_gate import Container

CONTENT_TYPES = "[Content_Types].xml"
ROOT_RELATIONSHIPS = "_rels/.rels"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_TYPE_TAGS = (f"{_TYPES}Override", f"{_TYPES}Default")
_RELATIONSHIP_TAGS = ("{http://schemas.openxmlformats.org/package/2006/relationships}Relationship",)

_MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": FileType.XLSX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml": FileType.EXCEL_TEMPLATE,
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml": FileType.MACRO_WORKBOOK,
    "application/vnd.ms-excel.template.macroEnabled.main+xml": FileType.MACRO_WORKBOOK,
    "application/vnd.ms-excel.addin.macroEnabled.main+xml": FileType.MACRO_WORKBOOK,
    "application/vnd.ms-excel.sheet.binary.macroEnabled.main": FileType.XLSB,
}
_OTHER_OFFICE = {"wordprocessingml": FileType.WORD, "presentationml": FileType.POWERPOINT}

# The last word of a relationship's type: it is the same in transitional, strict and Microsoft's own.
_MACROS = frozenset({"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"})
_OUTSIDE = {
    "externalLink": "a link to another workbook",
    "externalLinkPath": "a link to another workbook",
    "connections": "a data connection",
    "queryTable": "a data connection",
    "oleObject": "an embedded object",
    "package": "an embedded file",
    "control": "an ActiveX control",
    "webextension": "a web add-in",
}
_MACRO_PARTS = ("vbaproject.bin", "xl/macrosheets/")
_OUTSIDE_PARTS = {
    "xl/externallinks/": "a link to another workbook",
    "xl/embeddings/": "an embedded file",
    "xl/activex/": "an ActiveX control",
    "xl/connections.xml": "a data connection",
}


@dataclass(frozen=True)
class Relationship:
    """One relationship: ``kind`` is the last word of its type, ``target`` a part's name."""

    id: str
    kind: str
    target: str


def file_type(container: Container) -> FileType:
    """Return what kind of file a zip container is, by what it says of itself."""
    if not container.has(CONTENT_TYPES):
        if container.has("content.xml") and container.has("mimetype"):
            return FileType.ODS
        is_numbers = container.has("Index.zip") or container.has("Index/Document.iwa")
        return FileType.NUMBERS if is_numbers else FileType.ZIP
    for content_type in _content_types(container):
        if content_type in _MAIN_TYPES:
            return _MAIN_TYPES[content_type]
        for word, other in _OTHER_OFFICE.items():
            if word in content_type and "main" in content_type:
                return other
    return FileType.ZIP


def refuse_macros_and_outside_content(container: Container) -> None:
    """Refuse a workbook that brings programs or relies on anything outside itself.

    A hyperlink is allowed: Excel makes one of every address that an officer types.

    Raises:
        Refused: ``macro``, ``external-content``.
    """
    for name in container.names:
        lower = name.lower()
        if any(part in lower for part in _MACRO_PARTS):
            raise Refused("macro")
        for prefix, what in _OUTSIDE_PARTS.items():
            if lower.startswith(prefix):
                raise Refused("external-content", what)
    for name in container.names:
        if name.lower().endswith(".rels"):
            for relationship in _relationships_in(container, name):
                _refuse_relationship(relationship)


def relationships(container: Container, source: str = "") -> list[Relationship]:
    """Return the relationships of a part, or of the package itself, in the order of the file."""
    folder, name = posixpath.split(source)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    return list(_relationships_in(container, part)) if container.has(part) else []


def workbook_part(container: Container) -> str:
    """Return the name of the workbook's main part.

    Raises:
        Refused: ``xml-corrupt`` if the package names none.
    """
    for relationship in relationships(container):
        if relationship.kind == "officeDocument":
            return relationship.target
    raise Refused("xml-corrupt", "the package names no workbook")


def _content_types(container: Container) -> Iterator[str]:
    for element in elements(container, CONTENT_TYPES, "Types", _TYPE_TAGS):
        yield element.get("ContentType", "")


def _relationships_in(container: Container, rels: str) -> Iterator[Relationship]:
    base = posixpath.dirname(posixpath.dirname(rels))
    for element in elements(container, rels, "Relationships", _RELATIONSHIP_TAGS):
        kind = element.get("Type", "").rpartition("/")[2]
        is_outside = element.get("TargetMode", "").lower() == "external"
        if is_outside and kind != "hyperlink":
            raise Refused("external-content", _OUTSIDE.get(kind, kind))
        target = "" if is_outside else _part_name(base, element.get("Target", ""))
        yield Relationship(element.get("Id", ""), kind, target)


def _part_name(base: str, target: str) -> str:
    """Return the part that a target means: absolute, or relative to the folder of its source."""
    return posixpath.normpath(posixpath.join("/", base, unquote(target))).lstrip("/")


def _refuse_relationship(relationship: Relationship) -> None:
    if relationship.kind in _MACROS:
        raise Refused("macro")
    if relationship.kind in _OUTSIDE:
        raise Refused("external-content", _OUTSIDE[relationship.kind])
