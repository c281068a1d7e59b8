"""The report as a Word document, from a template that the committee clerk edits in Word.

Here belongs filling the template so that the same release gives the same bytes. Not here: what it is filled with
(``content``). A template is a guest: it can show what ``content`` names and reach nothing else.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import jinja2
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import escape

from publishing.report.content import Content
from publishing.site import charts
from publishing.site.blocks import Chart

TEMPLATE = Path(__file__).with_name("template.docx")
_WIDTH = Cm(16)
# The first day that a ZIP file can name.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


class TemplateProblemError(Exception):
    """The clerk's template cannot be filled; it says what to correct."""


class _Picture(InlineImage):  # type: ignore[misc]  # docxtpl has no types
    """A chart with its words for who does not see it."""

    def __init__(self, template: DocxTemplate, chart: Chart) -> None:
        drawn = charts.png(chart.specification(charts.WIDE))
        super().__init__(template, io.BytesIO(drawn), width=_WIDTH)
        self._alt = chart.alt

    def _insert_image(self) -> str:
        inline: str = super()._insert_image()
        return inline.replace("<wp:docPr ", f'<wp:docPr descr="{escape(self._alt)}" ', 1)


def word(content: Content, template: Path = TEMPLATE) -> bytes:
    """Return the report as a .docx.

    Args:
        content: What it says.
        template: The .docx that it is filled into.

    Raises:
        TemplateProblemError: If the template is no .docx, or asks for what there is not.
    """
    try:
        document = DocxTemplate(template)
        document.render(_names(content, document), SandboxedEnvironment(undefined=jinja2.StrictUndefined), True)
    except jinja2.TemplateSyntaxError as problem:
        mistake = f"{template.name}: its text has a mistake in its braces: {problem.message}."
        raise TemplateProblemError(mistake) from problem
    except jinja2.UndefinedError as problem:
        raise TemplateProblemError(f"{template.name}: {problem.message}. docs/clerk.md lists the names.") from problem
    except jinja2.TemplateError as problem:
        raise TemplateProblemError(f"{template.name}: {problem.message}.") from problem
    except (KeyError, ValueError, zipfile.BadZipFile) as problem:
        raise TemplateProblemError(f"{template} is no Word document (.docx).") from problem
    about = document.docx.core_properties
    about.created = about.modified = content.made_at.replace(tzinfo=None, microsecond=0)
    about.last_modified_by, about.revision = "Savings warehouse", 1
    written = io.BytesIO()
    document.save(written)
    return _without_times(written.getvalue())


def _names(content: Content, document: DocxTemplate) -> dict[str, Any]:
    pictures = {name: _Picture(document, chart) for name, chart in content.charts.items()}
    findings = {f"finding_{name.removeprefix('chart_')}": str(chart.finding) for name, chart in content.charts.items()}
    return {**content.texts, **content.tables, **findings, **pictures, "total": content.total}


def _without_times(document: bytes) -> bytes:
    """Return a .docx whose parts have no time of writing."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as parts, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as again:
        for part in parts.infolist():
            again.writestr(zipfile.ZipInfo(part.filename, _NO_TIME), parts.read(part), zipfile.ZIP_DEFLATED)
    return written.getvalue()
