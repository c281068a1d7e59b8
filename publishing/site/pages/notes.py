"""What a reader has to know of the figures of a directorate before using them: whose they are not, and what is missing.

Here belong these sentences, for the pages and for the report alike (ruling G4). Not here: who has sent what
(``returns``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from publishing.site.blocks import Block, Paragraph
from publishing.site.figures import Facts, Period, Record, Sentence


def notes(facts: Facts, rows: Sequence[Record], period: Period) -> list[Sentence]:
    """Return a sentence for each thing to know of the directorates among rows of Table 1.

    Args:
        facts: The release.
        rows: Rows of one plan year and period.
        period: That period.
    """
    stand_in = {row["directorate_code"]: facts.period_of(row["period_key"]) for row in facts.ask(_STAND_IN, period.key)}
    return [
        each for row in rows if not row["is_total"] for each in _of(row, period, stand_in.get(row["directorate_code"]))
    ]


def noted(sentences: Sequence[Sentence]) -> list[Block]:
    """Return them as one paragraph, set off; nothing where there is nothing to know."""
    named = {f"note_{number}": sentence for number, sentence in enumerate(sentences)}
    return [Paragraph(Sentence(" ".join(f"{{{name}}}" for name in named), **named), is_inset=True)] if named else []


def is_all_reported(rows: Sequence[Record]) -> bool:
    """Return whether all figures are those that the directorates reported for the period."""
    return not any(row["is_carried_forward"] or row["is_incomplete"] for row in rows)


# For whom an earlier return stands in, and for which period it is: the one in which it stands for itself.
_STAND_IN = """
select directorate.directorate_code, max(own.period_key) as period_key
from marts.fct_return_coverage as carried
inner join marts.dim_directorate as directorate on carried.directorate_key = directorate.directorate_key
inner join marts.fct_return_coverage as own on carried.submission_key = own.submission_key
where carried.is_current and carried.coverage = 'CARRIED' and carried.period_key = ?
    and own.is_current and own.coverage = 'OWN'
group by directorate.directorate_code
"""


def _of(row: Record, period: Period, before: Period | None) -> Iterator[Sentence]:
    who = row.figure("directorate_name")
    if row["is_incomplete"]:
        yield Sentence("{who} has not reported for {year} yet.", who=who, year=period.financial_year)
    elif before:
        text = "{who} did not report for {period}; its figures are those of {before}."
        yield Sentence(text, who=who, period=period.name, before=before.named_in(period.financial_year))
    if row["is_carried_forward"] and (row["is_incomplete"] or not before):
        yield Sentence("{who} has lines with the figures of an earlier return.", who=who)
    if row["is_restated"]:
        yield Sentence("{who} has restated figures that it reported before.", who=who)
