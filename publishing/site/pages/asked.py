"""The documented questions about this release, with the rows that each gives.

Here belongs laying them out. Not here: the questions (``publishing.questions``).
"""

from __future__ import annotations

from publishing.questions.questions import Question, habits, page, questions
from publishing.site.blocks import Block, Bullets, Code, Heading, Page, Paragraph, Words
from publishing.site.figures import Facts

_LEAD = (
    "Twenty questions that people ask of the savings, each with a query that answers it, about the latest period that "
    "every directorate has reported; while there is none, about the latest. Run one with savings query, or in any tool "
    "that reads savings.duckdb."
)


def asked(facts: Facts) -> Page:
    """Return the questions, and how many rows each gives in this release."""
    text = page(facts.example)
    blocks: list[Block] = [
        Heading("Three habits keep every sum right", "habits"),
        Bullets([Words(each) for each in habits(text)]),
    ]
    for each in questions(text):
        blocks += _blocks(each, len(facts.ask(each.sql)))
    return Page("questions", "Questions", _LEAD, blocks)


def _blocks(question: Question, rows: int) -> list[Block]:
    gives = f"Rows in this release: {rows}." if rows else "No row in this release."
    return [
        Heading(f"{question.number} {question.title}", question.number.lower()),
        Code(question.sql.splitlines(), f"The query of {question.number}"),
        Paragraph(gives, is_inset=not rows),
        *(Paragraph(Words(each)) for each in question.notes),
    ]
