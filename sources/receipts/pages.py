"""The pages that senders read: each one HTML file that runs nothing and asks for nothing from outside.

Here belongs how a template is filled. Not here: what a page says (``facts``, ``desk``), and how it looks
(``page_templates``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sources.receipts import receipt_words as words

_TEMPLATES = Path(__file__).parent / "page_templates"


def render_page(template: str, **values: object) -> bytes:
    """Return a page.

    Args:
        template: Its name.
        values: What the template shows, by the name that it has there.
    """
    return _environment().get_template(template).render(values).encode()


@cache
def _environment() -> Environment:
    # Whatever was typed into a cell or a file name is shown, never run: as mark-up or by eye.
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
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
    """Return a value so that all of it is seen; what a macro made is the template's own."""
    return value if hasattr(value, "__html__") else words.printable(value)
