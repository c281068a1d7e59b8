"""What the annual report says: its figures, tables and pictures, each read from the release.

Here belongs the one set of names that both documents are filled from; ``docs/clerk.md`` lists them. Not here: how
they are laid out (``word``, ``pdf``), and where they go (``writing``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from publishing import reader
from publishing.site.blocks import Chart
from publishing.site.figures import Facts, Period, Record
from publishing.site.pages import overview, programme, quality
from publishing.site.pages.notes import notes
from publishing.site.shown import day
from sources.receipts.receipt_words import printable

Row = Mapping[str, str]
_MEASURES = {
    "plan": "baseline_gbp",
    "projected": "projected_gbp",
    "deferred": "deferred_gbp",
    "undeliverable": "undeliverable_gbp",
    "unexplained": "unexplained_gbp",
    "not_reported": "not_reported_gbp",
}
_DEFERRALS = {
    "directorate": "directorate_name",
    "planned_for": "plan_year",
    "expected_in": "delivery_year",
    "amount": "amount_gbp",
    "lines": "line_count",
}
_FUND = {
    "reference": "fund_ref",
    "project": "project_name",
    "approved": "approved_gbp",
    "committed": "committed_gbp",
    "drawn": "drawn_gbp",
    "returned": "return_gbp",
    "return_per_pound": "gross_roi",
    "months_to_pay_back": "payback_months",
}
_PROJECTS = {
    "phase": "phase_name",
    "reference": "project_ref",
    "project": "project_name",
    "stage": "stage",
    "rag": "milestone_rag",
    "planned_end": "planned_end_date",
    "amount": "amount_gbp",
}
_BUDGET_GAP = {"plan": "plan_version", "year": "budget_year", "part": "component", "amount": "amount_gbp"}
_CLAIMS = {
    "reference": "claim_ref",
    "paragraph": "paragraph",
    "printed_text": "printed_text",
    "printed": "printed_value",
    "here": "warehouse_value",
    "difference": "difference",
    "reason": "reason",
}


class NothingToReportError(Exception):
    """The release cannot fill the report; it says why."""


@dataclass(frozen=True)
class Content:
    """All that the documents are filled from.

    Attributes:
        texts: Texts by name: the report's code and title, the release, the sentence that sums it up.
        total: The figures of the council as a whole, by name.
        tables: Rows by the name of the table.
        charts: Pictures by name.
        made_at: When the release was made, UTC: the only time that a document has.
    """

    texts: Row
    total: Row
    tables: Mapping[str, Sequence[Row]]
    charts: Mapping[str, Chart]
    made_at: datetime


def content(release: Path, report_code: str) -> Content:
    """Return what a report says, as a release has it.

    Args:
        release: The release's folder.
        report_code: The report, one of ``dim_report``.

    Raises:
        NothingToReportError: If the release does not know the report, or has no figures.
    """
    with reader.connect(release) as connection:
        facts = Facts(connection)
        report = _report(facts, report_code)
        period = _period(facts, report_code)
        table_1 = overview.table_1(facts, period)
        deferrals = _of_period(facts, "rpt_deferral_matrix", period, "plan_year, delivery_year, directorate_name")
        (total,) = [row for row in table_1 if row["is_total"]]
        totals = _row(total, _MEASURES)
        return Content(
            texts={**_texts(facts, report, period), "summary": _summary(totals, period)},
            total=totals,
            tables={
                "table_1": [_directorate(row) for row in table_1],
                "deferrals": [_row(row, _DEFERRALS) for row in deferrals],
                "fund": _rows(facts, "rpt_fund_return", period, "fund_ref, project_ref", _FUND),
                "projects": _rows(
                    facts, "rpt_roadmap", period, "phase_sort_order, directorate_code, project_ref", _PROJECTS
                ),
                "budget_gap": [
                    _row(row, _BUDGET_GAP)
                    for row in facts.records("rpt_budget_gap_bridge", order="plan_version, budget_year, step_no")
                ],
                **_claims(facts, report_code),
                "notes": [{"text": str(printable(str(each)))} for each in notes(facts, table_1, period)],
            },
            charts=_charts(total, deferrals, period),
            made_at=facts.release["refreshed_at"].replace(tzinfo=UTC),
        )


def _report(facts: Facts, report_code: str) -> Record:
    known = {str(row["report_code"]): row for row in facts.records("dim_report")}
    if report_code not in known:
        there = ", ".join(sorted(known)) or "none"
        raise NothingToReportError(f"The release knows no report {report_code}; it knows: {there}.")
    return known[report_code]


def _period(facts: Facts, report_code: str) -> Period:
    """Return the period that the report's printed figures are of; the latest where it has none."""
    asked = facts.ask(
        "select distinct period.period_key, period.reporting_year, period.reporting_period "
        "from marts.rpt_claim_check as claim "
        "inner join marts.dim_reporting_period as period on claim.period_key = period.period_key "
        "where claim.report_code = ? order by period.period_key desc",
        report_code,
    )
    period = Period(*asked[0].values()) if asked else facts.period
    if period is None:
        raise NothingToReportError("No return has been accepted yet, so the report has no figures.")
    if not overview.table_1(facts, period):
        raise NothingToReportError(f"No return has been accepted for {period} yet, so the report has no figures.")
    return period


def _texts(facts: Facts, report: Record, period: Period) -> dict[str, str]:
    as_at = facts.release["data_as_at"]
    return {
        "report_code": _shown(report, "report_code"),
        "report_title": f"{facts.council}: {_shown(report, 'title')}",
        "meeting_date": _shown(report, "meeting_date"),
        "year": period.financial_year,
        "period": period.name,
        "release_id": str(facts.release["release_id"]),
        "as_at": day(as_at),
    }


def _summary(total: Row, period: Period) -> str:
    return (
        f"Of {total['plan']} planned for {period.financial_year}, directorates project {total['projected']}. "
        f"{total['deferred']} is deferred to later years, {total['undeliverable']} is undeliverable, "
        f"and {total['unexplained']} is not explained."
    )


def _directorate(row: Record) -> Row:
    name = "Total" if row["is_total"] else _shown(row, "directorate_name")
    return {"directorate": name, **_row(row, _MEASURES)}


def _claims(facts: Facts, report_code: str) -> dict[str, list[Row]]:
    """Return the printed figures: those that can be compared with the release, and those that cannot."""
    rows = facts.records("rpt_claim_check", "report_code = ?", report_code, order="sort_order, claim_ref")
    said = {verdict: words for verdict, (words, _) in quality.VERDICTS.items()}
    found = [(row["verdict"], {**_row(row, _CLAIMS), "outcome": said[row["verdict"]]}) for row in rows]
    return {
        "claims": [row for verdict, row in found if verdict != quality.UNTESTED],
        "claims_not_tested": [row for verdict, row in found if verdict == quality.UNTESTED],
    }


def _charts(total: Record, deferrals: Sequence[Record], period: Period) -> dict[str, Chart]:
    blocks = overview.waterfall(overview.steps_of_total(total), period, "the council")
    (plan,) = [block for block in blocks if isinstance(block, Chart)]
    charts = {"chart_of_the_plan": plan}
    if deferrals:
        charts["chart_of_deferrals"] = programme.chart_of_deferrals(deferrals, period)
    return charts


def _of_period(facts: Facts, mart: str, period: Period, order: str) -> list[Record]:
    return facts.records(mart, "period_key = ?", period.key, order=order)


def _rows(facts: Facts, mart: str, period: Period, order: str, columns: Mapping[str, str]) -> list[Row]:
    return [_row(row, columns) for row in _of_period(facts, mart, period, order)]


def _row(record: Record, columns: Mapping[str, str]) -> Row:
    return {name: _shown(record, column) for name, column in columns.items()}


def _shown(record: Record, column: str) -> str:
    return str(printable(str(record.figure(column))))
