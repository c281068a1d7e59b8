"""The documented questions about this release and the three ways to read its history, with the rows that each gives.

Here belongs laying them out. Not here: the queries (``publishing.questions``).
"""

from __future__ import annotations

from collections.abc import Iterator

from publishing.questions.questions import HISTORY, QUESTIONS, Question, bullets, page, questions
from publishing.site.blocks import Block, Bullets, Code, Heading, Link, Links, Page, Paragraph, Words
from publishing.site.figures import Facts

_QUESTIONS_LEAD = (
    "Twenty questions that people ask of the savings, each with a query that answers it, about the latest period that "
    "every directorate has reported; while there is none, about the latest. Run one with savings query, or in any tool "
    "that reads savings.duckdb."
)
_HISTORY_LEAD = (
    "No row of a fact is ever changed, only followed: one release answers for any moment. The queries are about the "
    "period of the questions, and the morning of {day}. Times are UTC."
)
_HISTORY_TITLE = "Three ways to read history"
_HISTORY_SAYS = "What holds now, what was known at a moment, and what each return said"


def asked(facts: Facts) -> Iterator[Page]:
    """Yield the questions, and the ways to read history, each with how many rows it gives in this release."""
    text = page(QUESTIONS, facts.example)
    habits = "Three habits keep every sum right"
    blocks = [*_listed(text, habits), Links([(Link("history.html", _HISTORY_TITLE), _HISTORY_SAYS)])]
    yield Page("questions", "Questions", _QUESTIONS_LEAD, [*blocks, *_queries(facts, text)])
    text = page(HISTORY, facts.example)
    blocks = [*_listed(text, "Three ways"), *_listed(text, "How they differ")]
    above = Link("questions.html", "Questions")
    lead = _HISTORY_LEAD.format(day=facts.example.day)
    yield Page("history", _HISTORY_TITLE, lead, [*blocks, *_queries(facts, text)], parent=above)


def _listed(text: str, heading: str) -> list[Block]:
    anchor = heading.lower().replace(" ", "-")
    return [Heading(heading, anchor), Bullets([Words(each) for each in bullets(text, heading)])]


def _queries(facts: Facts, text: str) -> Iterator[Block]:
    for each in questions(text):
        yield from _blocks(each, len(facts.ask(each.sql)))


def _blocks(question: Question, rows: int) -> list[Block]:
    gives = f"Rows in this release: {rows}." if rows else "No row in this release."
    return [
        Heading(f"{question.number} {question.title}", question.number.lower()),
        Code(question.sql.splitlines(), f"The query of {question.number}"),
        Paragraph(gives, is_inset=not rows),
        *(Paragraph(Words(each)) for each in question.notes),
    ]
