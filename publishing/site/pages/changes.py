"""What changed since the period before: each saving whose amount differs, by how much and why.

Here belongs the difference between two periods of one release. Not here: what moved between two releases
(``rpt_change_log``), and how a forecast went over many periods (``trajectory``).
"""

from __future__ import annotations

from collections.abc import Callable

from publishing.site.blocks import Block, Cell, Heading, Link, Links, Page, Paragraph, table_of
from publishing.site.figures import Facts, Period, Record, Sentence
from publishing.site.pages import lines

MART = "rpt_change_since_last_period"
_MEASURES = {
    "counted_projected_gbp": "Projected",
    "deferred_gbp": "Deferred",
    "unexplained_gbp": "Unexplained",
}
_COLUMNS = ("saving_ref", "plan_year", "directorate_code", "difference_gbp", "cause")
_HEADINGS = {"directorate_code": "Directorate", "decision_ref": "Decision"}


def page(facts: Facts) -> Page:
    """Return the page."""
    blocks: list[Block] = []
    cells = _cells(lines.records(facts))
    for measure, words in _MEASURES.items():
        found = _changed(facts, measure)
        if found:
            caption = f"Savings whose {words.lower()} amount changed, most pounds first"
            columns = [*_COLUMNS, *(["decision_ref"] if any(row["decision_ref"] for row in found) else [])]
            blocks += [
                Heading(words, measure),
                table_of(found, columns, caption, f"changes-{measure}", headings=_HEADINGS, cells=cells),
            ]
    lead = "Each saving whose amount is not the one of the period before, and why."
    if not blocks:
        return Page(
            "changes",
            "What changed",
            "No saving differs from the period before. While only one period is reported, nothing can.",
            [],
        )
    blocks.append(
        Paragraph(
            "Moved: it is another directorate's now. Decision: a recorded decision wrote pounds off. Plan change: "
            "finance changed the plan. Restated: a period's figures were corrected. Carried: no return of its own "
            "stands. Own figure: its directorate reports another figure."
        )
    )
    return Page("changes", "What changed", lead, blocks)


def in_short(facts: Facts, period: Period, total: Record) -> list[Block]:
    """Return the way to the page, with what changed in the total of Table 1; nothing in the first period of a year.

    Args:
        facts: The release.
        period: The latest one.
        total: Its total in Table 1.
    """
    before = facts.records(
        total.mart,
        "is_total and plan_year = ? and reporting_year = ? and period_key < ?",
        total["plan_year"],
        total["reporting_year"],
        period.key,
        order="period_key desc",
        absent=total.absent,
    )
    if not before or before[0]["projected_gbp"] is None:
        return []
    changed = _changed(facts, "counted_projected_gbp")
    many = len({row["saving_key"] for row in changed if row["plan_year"] == total["plan_year"]})
    said = Sentence(
        "{before} was projected at {then}, {now} at {period}. {savings} another amount.",
        before=before[0].figure("projected_gbp"),
        then=before[0]["reporting_period"],
        now=total.figure("projected_gbp"),
        period=period.name,
        savings="1 saving projects" if many == 1 else f"{many or 'No'} savings project",
    )
    return [Links([(Link("changes.html", f"What changed since {before[0]['reporting_period']}"), said)])]


def _changed(facts: Facts, measure: str) -> list[Record]:
    return facts.records(
        MART,
        "is_latest_period and is_cashable and measure = ?",
        measure,
        order="abs(difference_gbp) desc, saving_ref, plan_year, directorate_code",
    )


def _cells(found: list[Record]) -> dict[str, Callable[[Record], Cell]]:
    """Return how columns are shown: a reference leads to its line, a code is its directorate's name."""
    hrefs = {(line["saving_ref"], line["plan_year"]): lines.href(line) for line in found}
    names = {line["directorate_code"]: line["directorate_name"] for line in found}

    def reference(row: Record) -> Cell:
        href = hrefs.get((row["saving_ref"], row["plan_year"]))
        return Link(href, row["saving_ref"]) if href else str(row["saving_ref"])

    return {
        "saving_ref": reference,
        "directorate_code": lambda row: names.get(row["directorate_code"], row["directorate_code"]),
        "cause": lambda row: row["cause"].capitalize(),
        "decision_ref": lambda row: row["decision_ref"] or "None",
    }
