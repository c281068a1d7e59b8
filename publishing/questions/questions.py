"""The documented questions about a council and the three ways to read its history: their pages, each with its query.

Here belongs filling the pages (``questions.md.j2``, ``history.md.j2``) and taking the queries out of them. Not here:
what they are about (``publishing.questions.example``), and the pages of the site (``publishing.site.pages.asked``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from publishing.questions.example import Example
from sources.grammar.years import year_starting

QUESTIONS, HISTORY = "questions.md.j2", "history.md.j2"
_SECTION = re.compile(
    r"^##+ (?P<number>[QH]\d+) (?P<title>[^\n]+)\n(?P<before>.*?)```sql\n(?P<sql>.*?)```\n(?P<after>.*?)(?=^#|\Z)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Question:
    """One question, or one way to read history.

    Attributes:
        number: Such as Q1 or H1.
        title: The question.
        notes: What is said of it, in Markdown, a paragraph each; a question's last says what it means that there is no
            row.
        sql: The query.
    """

    number: str
    title: str
    notes: tuple[str, ...]
    sql: str


def page(template: str, example: Example, *, is_of_the_sample: bool = False) -> str:
    """Return a page of queries, in Markdown.

    Args:
        template: ``QUESTIONS`` or ``HISTORY``.
        example: What they are about.
        is_of_the_sample: Whether it is the page of the documentation.
    """
    return _template(template).render(
        **asdict(example) | {"since": _since(example)},
        year=year_starting(example.period_key // 100),
        period=_period(example.period_key),
        forecast_period=_period(example.forecast_key),
        moment=f"{example.since} 10:00:00",
        day=example.day,
        is_of_the_sample=is_of_the_sample,
    )


def questions(text: str) -> Iterator[Question]:
    """Yield the sections of a page that have a query."""
    for found in _SECTION.finditer(text):
        notes = f"{found['before']}\n{found['after']}".split("\n\n")
        told = tuple(" ".join(each.split()) for each in notes if each.strip())
        yield Question(found["number"], found["title"], told, found["sql"])


def bullets(text: str, heading: str) -> tuple[str, ...]:
    """Return what a page lists under a heading, in Markdown."""
    listed = text.partition(f"\n## {heading}\n")[2].partition("\n#")[0].strip().partition("\n\n")[0]
    return tuple(" ".join(each.split()) for each in re.split(r"^- ", listed, flags=re.MULTILINE)[1:])


def _since(example: Example) -> str:
    return f"the report of {example.day}" if example.report_code else example.day


def _period(key: int) -> str:
    return f"P{key % 100:02d}"


@cache
def _template(name: str) -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    # Markdown, not HTML: the site escapes it.
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701
    environment.keep_trailing_newline = True
    return environment.get_template(name)
