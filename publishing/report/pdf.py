"""The report as a PDF that screen readers read and archives keep: PDF/UA-1 and PDF/A-2a.

Here belongs handing what the report says to ``report.typ``, which lays it out. Not here: what it says
(``content``). Typst refuses to write a PDF that lacks what the two standards ask for and a program can see. It uses
its own fonts alone, so that every machine writes the same bytes; a character that they lack is spelled out.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import typst

from publishing.report.content import Content
from publishing.site import charts
from sources.receipts.receipt_words import spelled

_LAYOUT = Path(__file__).with_name("report.typ")
_STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]
# A document of one text, plain and bold as the report has it.
_PROBE = b"""#set document(title: "Probe")
#set text(lang: "en", font: "Libertinus Serif")
#sys.inputs.text #strong(sys.inputs.text)"""
_MOMENT = ("year", "month", "day", "hour", "minute", "second")


def pdf(content: Content) -> bytes:
    """Return the report as a PDF."""
    try:
        return _compiled(_told(content, str))
    except typst.TypstError:
        return _compiled(_told(content, _displayed) | {"is_spelled": True})


def _told(content: Content, shown: Callable[[str], str]) -> dict[str, object]:
    """Return what the layout is told, each text as it is to be shown."""
    pictures = {
        name: {
            "svg": shown(charts.svg(chart.specification(charts.WIDE))),
            "alt": chart.alt,
            "finding": shown(str(chart.finding)),
            "about": shown(chart.about),
        }
        for name, chart in content.charts.items()
    }
    tables = {
        name: [{column: shown(text) for column, text in row.items()} for row in rows]
        for name, rows in content.tables.items()
    }
    return {
        "texts": {name: shown(text) for name, text in content.texts.items()},
        "tables": tables,
        "charts": pictures,
        "made_at": {part: getattr(content.made_at, part) for part in _MOMENT},
        "is_spelled": False,
    }


def _compiled(told: dict[str, object]) -> bytes:
    compiler = typst.Compiler(
        _LAYOUT, root=_LAYOUT.parent, ignore_system_fonts=True, sys_inputs={"report": json.dumps(told)}
    )
    written = compiler.compile(format="pdf", pdf_standards=_STANDARDS)
    assert isinstance(written, bytes)  # noqa: S101 - a PDF is one file
    return written


def _displayed(text: str) -> str:
    return " ".join(map(_displayed_word, text.split(" ")))


def _displayed_word(word: str) -> str:
    """Return a word with the characters spelled out for which there is no font, by themselves or together."""
    if word.isascii() or _has_fonts(word):
        return word
    by_itself = spelled(word, _has_fonts)
    return by_itself if _has_fonts(by_itself) else spelled(word, str.isascii)


@cache
def _has_fonts(text: str) -> bool:
    try:
        typst.compile(
            _PROBE, ignore_system_fonts=True, sys_inputs={"text": text}, format="pdf", pdf_standards=_STANDARDS
        )
    except typst.TypstError:
        return False
    return True
