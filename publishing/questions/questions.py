"""The twenty documented questions about a council: their page, and each with its query.

Here belongs filling the page (``questions.md.j2``) and taking the queries out of it. Not here: what the questions are
about (``publishing.questions.example``), and the page of the site (``publishing.site.pages.asked``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from publishing.questions.example import Example, year_of

_PAGE = "questions.md.j2"
_SECTION = re.compile(
    r"^## (?P<number>Q\d+) (?P<title>[^\n]+)\n(?P<before>.*?)```sql\n(?P<sql>.*?)```\n(?P<after>.*?)(?=^## |\Z)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        number: Such as Q1.
        title: The question.
        notes: What is said of it, in Markdown, a paragraph each; the last says what it means that there is no row.
        sql: The query.
    """

    number: str
    title: str
    notes: tuple[str, ...]
    sql: str


def page(example: Example, *, is_of_the_sample: bool = False) -> str:
    """Return the page of the questions, in Markdown.

    Args:
        example: What they are about.
        is_of_the_sample: Whether it is the page of the documentation.
    """
    return _template().render(
        **asdict(example) | {"since": _since(example)},
        year=year_of(example.period_key // 100),
        period=_period(example.period_key),
        forecast_period=_period(example.forecast_key),
        moment=f"{example.since} 10:00:00",
        history="[history.md](history.md)" if is_of_the_sample else "`docs/history.md`",
        is_of_the_sample=is_of_the_sample,
    )


def questions(text: str) -> Iterator[Question]:
    """Yield the questions of a page."""
    for found in _SECTION.finditer(text):
        notes = f"{found['before']}\n{found['after']}".split("\n\n")
        told = tuple(" ".join(each.split()) for each in notes if each.strip())
        yield Question(found["number"], found["title"], told, found["sql"])


def habits(text: str) -> tuple[str, ...]:
    """Return what keeps every sum right, in Markdown: what the page lists before its first question."""
    before = text.partition("\n## ")[0]
    return tuple(" ".join(each.split()) for each in re.split(r"^- ", before, flags=re.MULTILINE)[1:])


def _since(example: Example) -> str:
    day = f"{example.since.day} {example.since:%B %Y}"
    return f"the report of {day}" if example.report_code else day


def _period(key: int) -> str:
    return f"P{key % 100:02d}"


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    # Markdown, not HTML: the site escapes it.
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701
    environment.keep_trailing_newline = True
    return environment.get_template(_PAGE)
