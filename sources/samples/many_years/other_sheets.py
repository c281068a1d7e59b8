"""What a return says beside its savings: projects, funds, risks, proposals, ideas.

Here belong the sheets that follow from the scenario and from the Savings rows. Not here: those rows
(``figures``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sources.samples.many_years import council
from sources.samples.many_years.figures import Moment, Row
from sources.samples.many_years.story import YEARS, texts, year_after
from sources.samples.many_years.timetable import Slot
from sources.template.declaration import INVESTMENT, PIPELINE, PLAN_CHANGES, PROJECTS, RISKS, Sheet

_PROPOSED_IN = "P06"


def other_tables(slot: Slot, savings: list[Row]) -> dict[Sheet, list[Row]]:
    """Return the rows of the other sheets of one return."""
    funds = [_fund(row, slot) for row in texts("funds") if _now(row["directorate_code"], slot) == slot.directorate]
    wanted = {row["project_ref"] for row in (*savings, *funds)}
    open_lines = [row for row in savings if row["deferred_gbp"] or row["undeliverable_gbp"]]
    return {
        PROJECTS: [_project(row, slot) for row in texts("projects") if row["project_ref"] in wanted],
        INVESTMENT: funds,
        RISKS: [_risk(row) for row in open_lines[:2]],
        PLAN_CHANGES: [_proposal(row) for row in open_lines[:1]] if slot.period == _PROPOSED_IN else [],
        PIPELINE: [_idea(slot)],
    }


def _now(directorate: str, slot: Slot) -> str:
    return council.NEW if directorate == council.OLD and slot.directorate == council.NEW else directorate


def project_row(told: Mapping[str, str]) -> Row:
    """Return a project of the scenario as the Projects sheet has it."""
    row: Row = {name: text for name, text in told.items() if text}
    dates = {name: date.fromisoformat(row[name]) for name in ("start_date", "planned_end", "next_milestone_date")}
    return row | dates | {"phase_no": int(row["phase_no"])}


def _project(told: Mapping[str, str], slot: Slot) -> Row:
    return project_row(told) | {"directorate_code": _now(told["directorate_code"], slot)}


def _fund(told: Mapping[str, str], slot: Slot) -> Row:
    """Return a fund line: committed within the first year, drawn evenly over the three."""
    moment = Moment(slot.year, slot.period)
    years = YEARS.index(slot.year) + moment.passed
    committed = Decimal(told["committed_gbp"])
    committed_by_now = (committed * min(Decimal(1), years)).quantize(Decimal(1))
    return {
        "fund_ref": told["fund_ref"],
        "project_ref": told["project_ref"],
        "funding_source": "Transformation fund",
        "approved_gbp": Decimal(told["approved_gbp"]),
        "committed_gbp": committed_by_now,
        "drawn_to_date_gbp": (committed_by_now * years / len(YEARS)).quantize(Decimal(1)),
        "forecast_gbp": committed,
        "annual_ongoing_cost_gbp": Decimal(told["annual_ongoing_cost_gbp"]),
        "year": slot.year,
        "is_enabling": told["is_enabling"],
        "approval_body": "Cabinet",
    }


def _risk(row: Row) -> Row:
    return {
        "risk_ref": f"R-{row['saving_ref']}",
        "saving_ref": row["saving_ref"],
        "description": "The rest of the saving may come later still.",
        "likelihood": 3,
        "impact_gbp": row["deferred_gbp"] + row["undeliverable_gbp"],
        "current_rating": "High",
        "residual_rating": "Medium",
        "owner_post": "Head of service",
        "due_date": date(2022, 12, 31),
    }


def _proposal(row: Row) -> Row:
    return {
        "change_ref": f"P-{row['saving_ref']}",
        "saving_ref": row["saving_ref"],
        "plan_year": row["plan_year"],
        "type": "Reduce",
        "amount_gbp": row["deferred_gbp"] + row["undeliverable_gbp"],
        "reason": "It will not come in its year.",
    }


def _idea(slot: Slot) -> Row:
    return {
        "idea_ref": f"I-{slot.directorate}-{slot.year[:4]}",
        "title": "Automation of routine work",
        "year": year_after(slot.year),
        "low_gbp": Decimal(100_000),
        "likely_gbp": Decimal(180_000),
        "high_gbp": Decimal(300_000),
        "maturity": "Idea",
    }
