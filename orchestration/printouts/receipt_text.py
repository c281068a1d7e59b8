"""How `savings check` reads: the receipt in lines, in its own words and order.

Here belongs which parts of a receipt are printed. Not here: the sentences (``receipts.receipt_words``),
and how a section looks (``sections``).
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.printouts.said import visible
from orchestration.printouts.sections import Section
from sources.receipts import receipt_words as words
from sources.receipts.facts import Facts


def sections(facts: Facts) -> Iterator[Section]:
    """Yield the verdict, what to do, what comes after it, the other findings, and what was read."""
    yield Section(facts.heading, notes=[line for line in (visible(facts.about), facts.lead) if line])
    for number, section in enumerate(facts.sections):
        found = [finding for _, findings in section.groups for finding in findings]
        messages = [visible(each.message if section.is_own else f"{each.where}: {each.wrong}") for each in found]
        yield Section(section.heading, notes=[section.note, *messages])
        if number == 0 and (facts.to_send or facts.next_steps):
            to_send = [f"{label}: {value}" for label, value in facts.to_send]
            yield Section(facts.steps_heading, notes=[*to_send, *facts.next_steps])
    if facts.totals:
        rows = [tuple(words.shown(value) for value in row) for row in facts.totals.rows]
        notes = [facts.totals_note] if facts.totals_note else []
        yield Section("What we read", facts.totals.columns, rows, notes, numbers=len(facts.totals.amounts))
