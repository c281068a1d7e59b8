"""The gap in the budget of each year, and what is to close it: a waterfall, and the steps as they are stated.

Here belongs how a range is drawn: a part by the least that it may be, so that what is unidentified is the most that
it may be. Not here: the pounds of the plan (``overview``).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from itertools import groupby

from publishing.site import charts
from publishing.site.blocks import Block, Chart, Page, table_of
from publishing.site.figures import Facts, Record, Sentence

_COLUMNS = ("budget_year", "component", "amount_gbp", "low_gbp", "high_gbp", "basis")
_HEADINGS = {"low_gbp": "At least", "high_gbp": "At most", "component": "Part"}
_TITLE = "Budget gap"


def page(facts: Facts) -> Page:
    """Return the page."""
    found = facts.records("rpt_budget_gap_bridge", order="plan_version, budget_year, step_no")
    if not found:
        return Page("budget-gap", _TITLE, "The council's reference data have no budget gap.", [])
    blocks: list[Block] = []
    for number, (version, of_version) in enumerate(groupby(found, key=lambda row: row["plan_version"]), 1):
        rows, name = list(of_version), f"budget-gap-{number}"
        for year, of_year in groupby(rows, key=lambda row: row["budget_year"]):
            blocks += _waterfall(list(of_year), version, f"{name}-{year[:4]}")
        blocks.append(
            table_of(
                rows,
                list(_COLUMNS),
                version,
                name,
                headings=_HEADINGS,
                is_total=lambda row: bool(row["is_unidentified"]),
            )
        )
    return Page("budget-gap", _TITLE, "The gap in the budget, and what is to close it.", blocks)


def _waterfall(steps: Sequence[Record], version: str, name: str) -> list[Block]:
    """Return the picture of one year; none where no amount of its gap is stated."""
    gap, *parts = steps
    if not gap["is_total"] or gap["high_gbp"] is None or not parts:
        return []
    drawn, left = [_bar(gap, "high_gbp", charts.ZERO)], gap.pounds("high_gbp")
    for part in parts:
        by = "high_gbp" if part["is_unidentified"] else "low_gbp"
        drawn.append(_bar(part, by, left))
        left -= part.pounds(by)
    finding = Sentence(
        "Up to {unidentified} of a gap of {gap} in {year} is unidentified",
        unidentified=parts[-1].figure("high_gbp"),
        gap=gap.figure("high_gbp"),
        year=gap["budget_year"],
    )
    about = f"Each part is drawn by the least that it may be, what is unidentified by the most. {version}"
    return [Chart(finding, about, charts.in_words(drawn), name, partial(charts.bars, drawn))]


def _bar(step: Record, by: str, start: Decimal) -> charts.Bar:
    """Return the bar of a step: the gap from the left, a part of it backwards from where the one before it ended."""
    amount = step.pounds(by)
    end = start + amount if step["is_total"] else start - amount
    if step[by] is None:
        return charts.Bar(str(step["component"]), start, end, "not stated", None)
    colour = charts.ORANGE if step["is_unidentified"] else charts.DARK_BLUE
    return charts.Bar(str(step["component"]), start, end, str(step.figure(by)), colour)
