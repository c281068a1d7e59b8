"""What changed since the period before: each saving whose amount differs, by how much and why.

Here belongs the difference between two periods of one release. Not here: what moved between two releases
(``rpt_change_log``), and how a forecast went over many periods (``trajectory``).
"""

from __future__ import annotations

from publishing.site.blocks import Block, Heading, Page, Paragraph, table_of
from publishing.site.figures import Facts, Record

MART = "rpt_change_since_last_period"
_MEASURES = {
    "counted_projected_gbp": "Projected",
    "deferred_gbp": "Deferred",
    "unexplained_gbp": "Unexplained",
}
_COLUMNS = ("saving_ref", "plan_year", "directorate_code", "difference_gbp", "cause", "decision_ref")
_HEADINGS = {"directorate_code": "Directorate", "decision_ref": "Decision"}


def page(facts: Facts) -> Page:
    """Return the page."""
    blocks: list[Block] = []
    for measure, words in _MEASURES.items():
        found = facts.records(
            MART,
            "is_latest_period and is_cashable and measure = ?",
            measure,
            order="abs(difference_gbp) desc, saving_ref, plan_year, directorate_code",
        )
        if found:
            caption = f"Savings whose {words.lower()} amount changed, most pounds first"
            blocks += [
                Heading(words, measure),
                table_of(
                    found,
                    _COLUMNS,
                    caption,
                    f"changes-{measure}",
                    headings=_HEADINGS,
                    cells={"decision_ref": _decision},
                ),
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


def _decision(record: Record) -> str:
    return record["decision_ref"] or "None"
