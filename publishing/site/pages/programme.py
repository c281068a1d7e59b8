"""Pages about the programme: projects by phase, deferrals, forecasts, the fund, themes, risks.

Here belongs one function for each of them. Not here: the plan's own figures (``overview``), and what they
are to close (``budget_gap``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from publishing.site import charts
from publishing.site.blocks import FOLDED, Block, Chart, Heading, Page, Paragraph, Table, table_of
from publishing.site.figures import Facts, Period, Record, Sentence
from publishing.site.pages import overview
from publishing.site.pages.trajectory import trajectory
from publishing.site.shown import NOT_REPORTED

_NONE_YET = "No return has been accepted yet."


def projects(facts: Facts) -> Page:
    """Return the roadmap: each project in each phase that it runs or delivers in."""
    title = "Projects by phase"
    lead = "A project stands in every phase in which it runs or delivers pounds."
    found = _of_period(facts, "rpt_roadmap", "phase_sort_order, directorate_code, project_ref")
    blocks: list[Block] = []
    for phase, of_phase in groupby(found, key=lambda row: (row["phase_code"], row["phase_name"])):
        code, name = phase[0] or "none", phase[1] or "No phase"
        columns = ["project_ref", "project_name", "stage", "milestone_rag", "planned_end_date", "is_overdue"]
        blocks += [
            Heading(name, f"phase-{code.lower()}"),
            table_of(
                list(of_phase),
                [*columns, "line_count", "amount_gbp"],
                f"{name}: projects and the pounds of the phase's years",
                f"projects-{code.lower()}",
                headings={"line_count": "Lines", "is_overdue": "Overdue"},
            ),
        ]
    return _page("projects", title, lead, blocks)


def deferrals(facts: Facts) -> Page:
    """Return what was moved from the year that it was planned for to a later one."""
    lead = "Savings that will come later than the year they were planned for."
    found = _of_period(facts, "rpt_deferral_matrix", "plan_year, delivery_year, directorate_name")
    if not found:
        return _page("deferrals", "Deferrals", lead, [], "Nothing is deferred in the latest period.")
    columns = ["directorate_name", "plan_year", "delivery_year", "amount_gbp", "line_count", "deferred_twice_count"]
    words = {
        "plan_year": "Planned for",
        "delivery_year": "Expected in",
        "line_count": "Lines",
        "deferred_twice_count": "Deferred twice or more",
    }
    blocks: list[Block] = [
        chart_of_deferrals(found, facts.period),
        table_of(
            found, columns, f"Deferred, as reported at {facts.period}", "deferrals", headings=words, folded=FOLDED
        ),
    ]
    return _page("deferrals", "Deferrals", lead, blocks)


def chart_of_deferrals(found: Sequence[Record], period: Period | None) -> Chart:
    """Return the picture of what was deferred, the largest first."""
    drawn = [
        charts.Bar(
            f"{row['directorate_name']}, {row['plan_year']} to {row['delivery_year']}",
            charts.ZERO,
            row.pounds("amount_gbp"),
            str(row.figure("amount_gbp")),
        )
        for row in sorted(found, key=lambda row: row.pounds("amount_gbp"), reverse=True)
    ]
    largest = max(found, key=lambda row: row.pounds("amount_gbp"))
    finding = Sentence(
        "The largest deferral is {amount} of {who}, from {origin} to {to}",
        amount=largest.figure("amount_gbp"),
        who=largest["directorate_name"],
        origin=largest["plan_year"],
        to=largest["delivery_year"],
    )
    about = f"Pounds by directorate, year planned for and year expected in, as reported at {period}"
    return Chart(finding, about, charts.in_words(drawn), "deferrals", partial(charts.bars, drawn))


def forecasts(facts: Facts) -> Page:
    """Return how the forecast of each plan year moved, and how near it came to the outturn."""
    blocks: list[Block] = []
    for year, of_year in groupby(_totals(facts), key=lambda row: row["plan_year"]):
        blocks += trajectory(list(of_year), year, "every directorate", "projected_gbp", f"forecast-{year[:4]}")
    accuracy = facts.records("rpt_forecast_accuracy", order="plan_year desc, period_key, directorate_name")
    if accuracy:
        columns = ["forecast_period", "directorate_name", "forecast_gbp", "outturn_gbp", "error_gbp"]
        blocks += [
            Heading("How near forecasts came to the outturn", "accuracy"),
            Paragraph("A positive error is a forecast that was too optimistic."),
            *(
                table_of(
                    list(of_year),
                    [*columns, "bias", "line_count"],
                    f"Forecasts of {year} and its outturn",
                    f"accuracy-{year[:4]}",
                    folded=f"Show the forecasts of {year}",
                )
                for year, of_year in groupby(accuracy, key=lambda row: row["plan_year"])
            ),
        ]
    realism = _of_period(facts, "rpt_realism_projection", "directorate_name")
    if realism:
        columns = ["directorate_name", "projected_gbp", "adjusted_low_gbp", "adjusted_gbp", "adjusted_high_gbp"]
        blocks += [
            Heading("What forecasts like these have come to", "realism"),
            table_of(
                realism,
                [*columns, "basis"],
                "Projected, and what it comes to by the outturn of closed years",
                "realism",
                headings={
                    "adjusted_low_gbp": "At least",
                    "adjusted_gbp": "Likely",
                    "adjusted_high_gbp": "At most",
                    "basis": "Worked out from",
                },
            ),
        ]
    lead = "How forecasts moved from period to period, and how near earlier ones came to what was delivered."
    return _page("forecasts", "Forecasts", lead, blocks)


def fund(facts: Facts) -> Page:
    """Return what the transformation fund cost and brought."""
    found = _of_period(facts, "rpt_fund_return", "fund_ref, project_ref")
    columns = ["fund_ref", "project_name", "approved_gbp", "committed_gbp", "drawn_gbp", "return_gbp"]
    blocks: list[Block] = (
        [
            table_of(
                found,
                [*columns, "gross_roi", "payback_months"],
                "Fund lines, and the savings of the lines that name them",
                "fund",
                headings={"return_gbp": "Returned", "payback_months": "Months to pay back"},
            )
        ]
        if found
        else []
    )
    lead = "What each line of the transformation fund was approved for, has spent, and brings back."
    return _page("fund", "Transformation fund", lead, blocks, "The council's list of reference data has no fund line.")


def themes(facts: Facts) -> Page:
    """Return savings by theme and by workstream: the latest plan year, and the others when asked for."""
    blocks: list[Block] = []
    for classification in ("theme", "workstream"):
        found = _of_period(facts, f"rpt_{classification}_savings", "plan_year desc, sort_order, directorate_name")
        if not found:
            continue
        blocks.append(Heading(f"{classification.capitalize()}s", classification))
        for number, (year, of_year) in enumerate(groupby(found, key=lambda row: row["plan_year"])):
            blocks.append(
                _shares(list(of_year), classification, f"Show the {classification}s of {year}" * bool(number))
            )
    lead = "Each pound is shared between the themes, and between the workstreams, of its project: neither adds a pound."
    return _page("themes", "Themes and workstreams", lead, blocks)


def _shares(found: list[Record], classification: str, folded: str) -> Table:
    name, year = f"{classification}_name", found[0]["plan_year"]
    return table_of(
        found,
        [name, "directorate_name", "bucket", "share_gbp"],
        f"Savings planned for {year} by {classification}",
        f"savings-by-{classification}-{year[:4]}",
        headings={name: classification.capitalize(), "bucket": "Part of the plan"},
        cells={"bucket": lambda row: row["bucket"].replace("_", " ").capitalize()},
        folded=folded,
    )


def risks(facts: Facts) -> Page:
    """Return the risks with the most pounds behind them."""
    found = _of_period(facts, "rpt_top_risk", "rank_no, directorate_name, risk_ref")
    columns = ["rank_no", "directorate_name", "risk_ref", "description", "impact_gbp", "current_rating", "due_date"]
    blocks: list[Block] = (
        [table_of(found, columns, "Risks by pounds", "risks", headings={"rank_no": "Rank", "risk_ref": "Risk"})]
        if found
        else []
    )
    return _page("risks", "Top risks", "Risks to savings, by the pounds behind them.", blocks, "No risk was reported.")


def _page(name: str, title: str, lead: str, blocks: list[Block], nothing: str = _NONE_YET) -> Page:
    return Page(name, title, lead if blocks else nothing, blocks)


def _of_period(facts: Facts, mart: str, order: str) -> list[Record]:
    return facts.records(mart, "period_key = ?", facts.period.key, order=order) if facts.period else []


def _totals(facts: Facts) -> list[Record]:
    """Return the total of each plan year at each period of that year, the latest year first."""
    return facts.records(
        overview.TABLE_1,
        "is_total and plan_year = reporting_year",
        order="plan_year desc, period_key",
        absent=NOT_REPORTED,
    )
