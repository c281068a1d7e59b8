"""A page for each directorate: where its plan went, its lines, its returns of the period.

Here belongs what one directorate has. Not here: the council as a whole (``overview``).
"""

from __future__ import annotations

from collections.abc import Iterator

from publishing.site.blocks import Block, Heading, Headline, Page
from publishing.site.figures import Facts, Period, Record, Sentence
from publishing.site.pages import lines, overview, returns
from publishing.site.pages.notes import noted, notes
from publishing.site.pages.trajectory import trajectory
from publishing.site.shown import NOT_REPORTED


def pages(facts: Facts) -> Iterator[Page]:
    """Yield the pages."""
    period = facts.period
    if period is None:
        return
    for row in overview.table_1(facts, period):
        if not row["is_total"]:
            yield _page(facts, period, row)


def _page(facts: Facts, period: Period, row: Record) -> Page:
    code = row["directorate_code"]
    if row["projected_gbp"] is None:
        lead = Sentence(
            "{plan} is planned for {year}. The directorate has not reported for {period} yet.",
            plan=row.figure("baseline_gbp"),
            year=period.financial_year,
            period=period.name,
        )
    else:
        lead = Sentence(
            "Of {plan} planned for {year}, {projected} is projected. {unexplained} is not explained.",
            plan=row.figure("baseline_gbp"),
            year=period.financial_year,
            projected=row.figure("projected_gbp"),
            unexplained=row.figure("unexplained_gbp"),
        )
    blocks: list[Block] = [
        *(noted(notes(facts, [row], period)) if row["projected_gbp"] is not None else []),
        Headline(
            [
                (row.figure("baseline_gbp"), "planned"),
                (row.figure("projected_gbp"), "projected"),
                (row.figure("deferred_gbp"), "deferred to later years"),
                (row.figure("unexplained_gbp"), "not explained"),
            ]
        ),
        *overview.waterfall(overview.bridge(facts, period, code), period, row["directorate_name"]),
        *_trajectory(facts, period, code),
        *_lines(facts, code),
        *returns.of_directorate(facts, period, code),
    ]
    return Page(f"directorate-{code.lower()}", row["directorate_name"], lead, blocks)


def _trajectory(facts: Facts, period: Period, code: str) -> list[Block]:
    found = facts.records(
        "rpt_forecast_trajectory",
        "plan_year = ? and reporting_year = plan_year and directorate_code = ? and period_key <= ?",
        period.financial_year,
        code,
        period.key,
        order="period_key",
        absent=NOT_REPORTED,
    )
    if len(found) < 2:
        return []
    name = f"forecast-{code.lower()}"
    drawn = trajectory(found, period.financial_year, found[0]["directorate_name"], "counted_projected_gbp", name)
    return [Heading("How the forecast moved", "forecast"), *drawn]


def _lines(facts: Facts, code: str) -> list[Block]:
    found = lines.records(facts, "directorate_code = ?", code)
    if not found:
        return []
    return [
        Heading("Lines", "lines"),
        lines.table(
            facts,
            found,
            f"Lines of {found[0]['directorate_name']}",
            f"lines-{code.lower()}",
            without="directorate_name",
        ),
    ]
