"""The first page: Table 1, where the plan went, and the way to every other page.

Here belongs also what each directorate's page shares with it: the waterfall and the row of Table 1. Not here:
lines (``lines``) and returns (``returns``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from publishing.site import charts
from publishing.site.blocks import FOLDED, Block, Cell, Chart, Headline, Link, Page, Paragraph, Table, table_of
from publishing.site.figures import Facts, Period, Record, Sentence
from publishing.site.pages import changes
from publishing.site.pages.notes import noted, notes
from publishing.site.shown import NOT_REPORTED

TABLE_1 = "rpt_cabinet_table_1"
_MEASURES = (
    "baseline_gbp",
    "projected_gbp",
    "deferred_gbp",
    "undeliverable_gbp",
    "unexplained_gbp",
    "not_reported_gbp",
)
_COLOURS = {
    "unexplained": charts.ORANGE,
    "deferred": charts.QUIET,
    "undeliverable": charts.QUIET,
    "baseline": charts.DARK_BLUE,
    "projected": charts.DARK_BLUE,
    "delivered": charts.DARK_BLUE,
    "on track": charts.DARK_BLUE,
    "not reported": None,
}
_NAMES = {"baseline": "Plan"}
# The bridge has no total among its rows, so the council's own is drawn from the total of Table 1.
_STEPS_OF_THE_TOTAL = {measure.removesuffix("_gbp").replace("_", " "): measure for measure in _MEASURES}
_UNITS_OF_STEPS = {"directorate_code": "none", "step": "none", "is_apart": "none", "amount_gbp": "pounds"}


def _named(row: Record) -> str:
    return str(row["directorate_name"])


def page(facts: Facts) -> Page:
    """Return the page."""
    period = facts.period
    title = "Savings: what was planned and what will come"
    if period is None:
        return Page("index", title, "No return has been accepted yet, so there are no figures.", [])
    rows = table_1(facts, period)
    if not rows:
        lead = f"No directorate has a plan for {period.financial_year}, or is to report at {period.name}."
        return Page("index", title, lead, _earlier_years(facts, period))
    total = rows[-1]
    blocks: list[Block] = [
        *noted(notes(facts, rows, period)),
        Headline(
            [
                (total.figure("baseline_gbp"), "planned"),
                (total.figure("projected_gbp"), "projected"),
                (total.figure("deferred_gbp"), "deferred to later years"),
                (total.figure("unexplained_gbp"), "not explained"),
            ]
        ),
        *changes.in_short(facts, period, total),
        table_of_directorates(rows, period, lambda row: Link(directorate_href(row["directorate_code"]), _named(row))),
        *waterfall(steps_of_total(total), period, "the council"),
        *_earlier_years(facts, period),
    ]
    return Page("index", title, in_short(total, period), blocks)


def in_short(total: Record, period: Period) -> Sentence:
    """Return what the total of Table 1 says, in two sentences."""
    return Sentence(
        "Of {plan} planned for {year}, directorates project {projected}. {unexplained} is not explained.",
        plan=total.figure("baseline_gbp"),
        year=period.financial_year,
        projected=total.figure("projected_gbp"),
        unexplained=total.figure("unexplained_gbp"),
    )


def table_1(facts: Facts, period: Period) -> list[Record]:
    """Return Table 1 of a period for its own year, the total last."""
    return facts.records(
        TABLE_1,
        "plan_year = ? and period_key = ?",
        period.financial_year,
        period.key,
        order="is_total, directorate_name",
        absent=NOT_REPORTED,
    )


def bridge(facts: Facts, period: Period, directorate_code: str) -> list[Record]:
    """Return the steps from the plan to where each pound of it went."""
    return facts.records(
        "rpt_savings_bridge",
        "plan_year = ? and period_key = ? and directorate_code = ?",
        period.financial_year,
        period.key,
        directorate_code,
        order="step_no",
        absent=NOT_REPORTED,
    )


def steps_of_total(total: Record) -> list[Record]:
    """Return the steps of the council's total, each read from a column of its row in Table 1."""
    return [
        Record(
            mart=total.mart,
            key=total.key,
            values={
                "directorate_code": total["directorate_code"],
                "step": step,
                "is_apart": False,
                "amount_gbp": total[column],
            },
            units=_UNITS_OF_STEPS,
            absent=NOT_REPORTED,
            read_from={"amount_gbp": column},
        )
        for step, column in _STEPS_OF_THE_TOTAL.items()
    ]


def waterfall(steps: Sequence[Record], period: Period, whose: str) -> list[Block]:
    """Return the picture of where a plan went, and its table."""
    if not steps:
        return []
    apart = [step for step in steps if step["is_apart"]]
    parts = [step for step in steps if step not in apart]
    drawn = _bars(parts)
    by_name = {step["step"]: step for step in steps}
    finding = Sentence(
        "{unexplained} of {plan} planned is not explained",
        unexplained=by_name["unexplained"].figure("amount_gbp"),
        plan=by_name["baseline"].figure("amount_gbp"),
    )
    name = f"where-the-plan-went-{steps[0]['directorate_code'].lower()}"
    about = f"Where each pound of the plan for {period.financial_year} stands at {period.name}, {whose}"
    return [
        Chart(finding, about, charts.in_words(drawn), name, partial(charts.bars, drawn)),
        table_of(
            steps,
            ["step", "amount_gbp"],
            "The figures of this chart",
            name,
            headings={"step": "Part of the plan"},
            cells={"step": _step},
            folded=FOLDED,
        ),
        *([Paragraph("Over-achieved and mitigated are counted apart: they are no part of the plan.")] if apart else []),
    ]


def _bars(parts: Sequence[Record]) -> list[charts.Bar]:
    drawn, left = [], Decimal(0)
    for part in parts:
        step, amount = part["step"], part.pounds("amount_gbp")
        label = str(part.figure("amount_gbp"))
        if step == "baseline":
            left = amount
            drawn.append(charts.Bar(_step(part), Decimal(0), amount, label))
            continue
        colour = _COLOURS[step] if part["amount_gbp"] is not None else None
        drawn.append(charts.Bar(_step(part), left, left - amount, label, colour))
        left -= amount
    return drawn


def _step(record: Record) -> str:
    step = str(record["step"])
    return _NAMES.get(step, step.capitalize())


def table_of_directorates(
    rows: Sequence[Record], period: Period, name: Callable[[Record], Cell] = _named, file: str = "table-1"
) -> Table:
    """Return Table 1 as a table.

    Args:
        rows: Its rows.
        period: What they are as reported at.
        name: How a directorate is named.
        file: The name of the file behind it.
    """
    brought_forward = ["brought_forward_gbp"] if any(row["brought_forward_gbp"] for row in rows) else []
    return table_of(
        rows,
        ["directorate_name", *_MEASURES, *brought_forward],
        f"Table 1: savings planned for {period.financial_year}, as reported at {period.name}",
        file,
        cells={"directorate_name": lambda row: "Total" if row["is_total"] else name(row)},
        is_total=lambda row: bool(row["is_total"]),
    )


def _earlier_years(facts: Facts, period: Period) -> list[Block]:
    """Return the totals of plans of other years that are still open in this period."""
    rows = facts.records(
        TABLE_1,
        "plan_year <> ? and period_key = ? and is_total",
        period.financial_year,
        period.key,
        order="plan_year",
        absent=NOT_REPORTED,
    )
    if not rows:
        return []
    return [
        table_of(
            rows, ["plan_year", *_MEASURES], f"Plans of other years, as reported at {period}", "table-1-of-other-years"
        )
    ]


def directorate_href(code: str) -> str:
    """Return where the page of a directorate is."""
    return f"directorate-{code.lower()}.html"
