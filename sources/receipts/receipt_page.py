"""The receipt as a page: one HTML file that runs nothing and asks for nothing from outside.

Here belongs how the template is filled. Not here: what it tells (``facts``), its layout
(``page_templates``), and where it lies (``receipt``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sources.receipts import receipt_words as words
from sources.receipts.annotated_copy import is_copied
from sources.receipts.facts import Facts


def page_of(facts: Facts, workbook: str) -> bytes:
    """Return a receipt's page.

    Args:
        facts: What it tells.
        workbook: The name of the workbook that lies beside it.
    """
    has_copy = is_copied(facts.submission)
    template = _environment().get_template("receipt.html")
    return template.render(facts=facts, workbook=workbook, has_copy=has_copy).encode()


@cache
def _environment() -> Environment:
    # Whatever was typed into a cell or a file name is shown, never run: as mark-up or by eye.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "page_templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for sentence in (words.moment, words.shown, words.heading):
        environment.filters[sentence.__name__] = sentence
    return environment


def _printable(value: object) -> object:
    """Return what stands between the braces so that all of it is seen; what a macro made is the template's own."""
    return value if hasattr(value, "__html__") else words.printable(value)
