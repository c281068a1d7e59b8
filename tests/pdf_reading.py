"""What a PDF for screen readers and archives has to have, as qpdf reads it: a second look after its writer.

Here belongs what a reading of the file's own objects shows of PDF/UA-1 and PDF/A-2a: language, title, tags,
descriptions of pictures, headings of tables, fonts, colours. Not here: all of either standard. veraPDF would judge
that, and no package registry that the tests use has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pikepdf

# ISO 32000-1, 14.8.4: the types that a reader knows by themselves.
_STANDARD = frozenset(
    """
    Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody
    Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Figure Formula Form
    """.split()  # noqa: SIM905 - a list of words
)
_PAINTS = frozenset(("Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Do", "sh", "EI"))
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


def complaints(document: pikepdf.Pdf) -> list[str]:
    """Return what is missing, in words; nothing if nothing is."""
    return [*document.check_pdf_syntax(), *(said for look in _LOOKS for said in look(document))]


def tags(document: pikepdf.Pdf) -> list[Any]:
    """Return every tag of the document, each before those in it."""
    return list(_below(document.Root.StructTreeRoot.K))


def kind(tag: Any, document: pikepdf.Pdf) -> str:
    """Return what a tag is to a screen reader."""
    own = str(tag.S)
    return str(document.Root.StructTreeRoot.get("/RoleMap", {}).get(own, own))[1:]


def _below(kids: Any) -> Iterator[Any]:
    for each in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(each, pikepdf.Dictionary) and "/S" in each:
            yield each
            yield from _below(each.get("/K", pikepdf.Array()))


def _about_itself(document: pikepdf.Pdf) -> Iterator[str]:
    root = document.Root
    about = document.open_metadata()
    if not str(root.get("/Lang", "")):
        yield "no language"
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "not marked as tagged"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "its window shows the file's name, not its title"
    if not about.get("dc:title"):
        yield "no title"
    if about.get("pdfuaid:part") != "1" or (about.get("pdfaid:part"), about.get("pdfaid:conformance")) != ("2", "A"):
        yield "does not say that it is PDF/UA-1 and PDF/A-2a"
    if document.is_encrypted or "/OpenAction" in root or "/JavaScript" in root.get("/Names", {}):
        yield "locked, or does something when it is opened"


def _structure(document: pikepdf.Pdf) -> Iterator[str]:
    found = [(tag, kind(tag, document)) for tag in tags(document)]
    yield from (f"a tag that no reader knows: {name}" for _, name in found if name not in _STANDARD)
    yield from ("a picture without a description" for tag, name in found if name == "Figure" and not tag.get("/Alt"))
    levels = [0, *(int(name[1:]) for _, name in found if name[0] == "H" and name[1:].isdigit())]
    if any(after > before + 1 for before, after in pairwise(levels)) or len(levels) == 1:
        yield "headings leave out a level, or there are none"
    for tag, name in found:
        if name == "Table":
            inner = [kind(each, document) for each in _below(tag.K)]
            if "TH" not in inner:
                yield "a table without headings"
        if name == "TH" and not any(str(each.get("/Scope", "")) for each in _attributes(tag)):
            yield "a heading of a table that is neither a column's nor a row's"


def _attributes(tag: Any) -> list[Any]:
    held = tag.get("/A", pikepdf.Array())
    return list(held) if isinstance(held, pikepdf.Array) else [held]


def _marked_content(document: pikepdf.Pdf) -> Iterator[str]:
    """All that a page shows belongs to a tag, or is said to be decoration."""
    tagged = {(page, mark) for tag in tags(document) for page, mark in _marks(tag)}
    for page in document.pages:
        if page.obj.get("/Annots") and str(page.obj.get("/Tabs")) != "/S":
            yield "the keyboard does not follow the order of the tags"
        drawn: set[tuple[tuple[int, int], int]] = set()
        around: list[int | None] = []  # None is decoration
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            if operator in ("BDC", "BMC"):
                around.append(_mark(instruction.operands))
            elif operator == "EMC":
                around.pop()
            elif operator in _PAINTS and not around:
                yield "something on a page that no screen reader comes to"
            if around and around[-1] is not None:
                drawn.add((page.obj.objgen, around[-1]))
        yield from ("a marked part of a page that is under no tag" for _ in drawn - tagged)


def _mark(operands: Any) -> int | None:
    about = operands[1] if len(operands) > 1 else {}
    return int(about["/MCID"]) if isinstance(about, pikepdf.Dictionary) and "/MCID" in about else None


def _marks(tag: Any) -> Iterator[tuple[tuple[int, int], int]]:
    held = tag.get("/K", pikepdf.Array())
    for each in held if isinstance(held, pikepdf.Array) else [held]:
        if isinstance(each, int):
            yield tag.Pg.objgen, each
        elif isinstance(each, pikepdf.Dictionary) and "/MCID" in each:
            yield each.get("/Pg", tag.get("/Pg")).objgen, int(each.MCID)


def _for_archives(document: pikepdf.Pdf) -> Iterator[str]:
    intents = document.Root.get("/OutputIntents", [])
    if not any(str(each.S) == "/GTS_PDFA1" and "/DestOutputProfile" in each for each in intents):
        yield "no profile of its colours"
    for page in document.pages:
        for font in page.Resources.get("/Font", {}).values():
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            if not any(name in inner.FontDescriptor for name in _FONT_FILES):
                yield f"font {font.BaseFont} is not in the file"
            if "/ToUnicode" not in font:
                yield f"the letters of font {font.BaseFont} cannot be read out"


_LOOKS: tuple[Callable[[pikepdf.Pdf], Iterator[str]], ...] = (
    _about_itself,
    _structure,
    _marked_content,
    _for_archives,
)
