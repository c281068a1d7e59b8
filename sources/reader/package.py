"""The package: which parts make a workbook, of what type it is, and what it may never bring with it.

Here belong content types, relationships, and the refusal of programs and embedded objects. Not here:
the container (``zip_gate``), what a sheet that is read may reach for (``outside``) and what is in
the sheets (``sheet_xml``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from sources.reader.file_type import FileType
from sources.reader.refusals import ACTIVE_X, EMBEDDED, Refused
from sources.reader.xml_gate import elements, local_name
from sources.reader.zip_gate import Container

CONTENT_TYPES = "[Content_Types].xml"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_TYPE_TAGS = (f"{_TYPES}Override", f"{_TYPES}Default")
_RELATIONSHIP_TAGS = ("{http://schemas.openxmlformats.org/package/2006/relationships}Relationship",)

# In small letters: the case of a media type makes no difference.
_MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": FileType.XLSX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml": FileType.EXCEL_TEMPLATE,
    "application/vnd.ms-excel.sheet.macroenabled.main+xml": FileType.MACRO_WORKBOOK,
    "application/vnd.ms-excel.template.macroenabled.main+xml": FileType.MACRO_WORKBOOK,
    "application/vnd.ms-excel.addin.macroenabled.main+xml": FileType.MACRO_WORKBOOK,
    "application/vnd.ms-excel.sheet.binary.macroenabled.main": FileType.XLSB,
}
_OTHER_OFFICE = {"wordprocessingml": FileType.WORD, "presentationml": FileType.POWERPOINT}

# The last word of a relationship's type: it is the same in transitional, strict and Microsoft's own.
_MACROS = frozenset({"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"})
_NEVER = {"oleObject": EMBEDDED, "package": EMBEDDED, "control": ACTIVE_X, "activeXControlBinary": ACTIVE_X}
_MACRO_PARTS = ("vbaproject.bin", "xl/macrosheets/")
_NEVER_PARTS = {"xl/embeddings/": EMBEDDED, "xl/activex/": ACTIVE_X}


@dataclass(frozen=True)
class Relationship:
    """One relationship.

    Attributes:
        id: Its name within its source.
        kind: The last word of its type.
        target: A part's name; empty where it leads outside.
        is_outside: Whether it leads out of the file.
    """

    id: str
    kind: str
    target: str
    is_outside: bool = False


def file_type(container: Container) -> FileType:
    """Return what kind of file a zip container is, by the type of the part that it names as its main one.

    Raises:
        Refused: ``xml-corrupt`` if it names several such parts.
    """
    if not container.has(CONTENT_TYPES):
        if container.has("content.xml") and container.has("mimetype"):
            return FileType.ODS
        is_numbers = container.has("Index.zip") or container.has("Index/Document.iwa")
        return FileType.NUMBERS if is_numbers else FileType.ZIP
    if not _main_parts(container):
        return FileType.ZIP
    content_type = _content_type(container, workbook_part(container)).lower()
    other = next((kind for word, kind in _OTHER_OFFICE.items() if word in content_type), FileType.ZIP)
    return _MAIN_TYPES.get(content_type, other)


def refuse_programs(container: Container) -> None:
    """Refuse a workbook that brings programs or embedded files, wherever in it they are.

    Raises:
        Refused: ``macro``, ``external-content``.
    """
    for name in container.names:
        lower = name.lower()
        if any(part in lower for part in _MACRO_PARTS):
            raise Refused("macro")
        for prefix, reason in _NEVER_PARTS.items():
            if lower.startswith(prefix):
                raise Refused(reason)
    for name in container.names:
        if name.lower().endswith(".rels"):
            for relationship in _relationships_in(container, name):
                if relationship.kind in _MACROS:
                    raise Refused("macro")
                if relationship.kind in _NEVER:
                    raise Refused(_NEVER[relationship.kind])


def relationships(container: Container, source: str = "") -> list[Relationship]:
    """Return the relationships of a part, or of the package itself, in the order of the file."""
    folder, name = posixpath.split(source)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    return list(_relationships_in(container, part)) if container.has(part) else []


def leads_outside(container: Container) -> bool:
    """Return whether anything in the package leads out of it; an address that one can click on does not count."""
    rels = [name for name in container.names if name.lower().endswith(".rels")]
    every = (one for name in rels for one in _relationships_in(container, name))
    return any((one.is_outside and one.kind != "hyperlink") or one.kind == "connections" for one in every)


def workbook_part(container: Container) -> str:
    """Return the name of the workbook's main part.

    Raises:
        Refused: ``xml-corrupt`` if the package names none, or several: readers differ on which one counts.
    """
    named = _main_parts(container)
    if len(named) != 1:
        raise Refused("xml-corrupt", f"the package names {len(named) or 'no'} workbooks")
    return named.pop()


def _main_parts(container: Container) -> set[str]:
    return {one.target for one in relationships(container) if one.kind == "officeDocument"}


def _content_type(container: Container, part: str) -> str:
    """Return a part's type: its own, else that of its ending; whatever the other parts are."""
    by_ending = ""
    wanted, ending = f"/{part}".casefold(), posixpath.splitext(part)[1].lstrip(".").casefold()
    for element in elements(container, CONTENT_TYPES, "Types", _TYPE_TAGS):
        content_type = element.get("ContentType", "").strip()
        if local_name(element) == "Override":
            if element.get("PartName", "").casefold() == wanted:
                return content_type
        elif element.get("Extension", "").casefold() == ending:
            by_ending = content_type
    return by_ending


def _relationships_in(container: Container, rels: str) -> Iterator[Relationship]:
    base = posixpath.dirname(posixpath.dirname(rels))
    for element in elements(container, rels, "Relationships", _RELATIONSHIP_TAGS):
        kind = element.get("Type", "").rpartition("/")[2]
        is_outside = element.get("TargetMode", "").lower() == "external"
        target = "" if is_outside else _part_name(base, element.get("Target", ""))
        yield Relationship(element.get("Id", ""), kind, target, is_outside)


def _part_name(base: str, target: str) -> str:
    """Return the part that a target means: absolute, or relative to the folder of its source."""
    return posixpath.normpath(posixpath.join("/", base, unquote(target))).lstrip("/")
