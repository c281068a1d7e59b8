"""The report as a PDF that screen readers read and archives keep: PDF/UA-1 and PDF/A-2a.

Here belongs handing what the report says to ``report.typ``, which lays it out. Not here: what it says
(``content``). Typst refuses to write a PDF that lacks what the two standards ask for and a program can see. It uses
its own fonts alone, so that every machine writes the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path

import typst

from publishing.report.content import Content
from publishing.site import charts

_LAYOUT = Path(__file__).with_name("report.typ")
_STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]


_MOMENT = ("year", "month", "day", "hour", "minute", "second")


def pdf(content: Content) -> bytes:
    """Return the report as a PDF."""
    pictures = {
        name: {
            "svg": charts.svg(chart.specification(charts.WIDE)),
            "alt": chart.alt,
            "finding": str(chart.finding),
            "about": chart.about,
        }
        for name, chart in content.charts.items()
    }
    made_at = content.made_at
    told = {
        "texts": content.texts,
        "tables": content.tables,
        "charts": pictures,
        "made_at": {part: getattr(made_at, part) for part in _MOMENT},
    }
    compiler = typst.Compiler(
        _LAYOUT, root=_LAYOUT.parent, ignore_system_fonts=True, sys_inputs={"report": json.dumps(told)}
    )
    written = compiler.compile(format="pdf", pdf_standards=_STANDARDS)
    assert isinstance(written, bytes)  # noqa: S101 - a PDF is one file
    return written
