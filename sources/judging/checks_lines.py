"""Checks of a line's amounts and words against each other, one row at a time.

Here belong D18, D19, D21, D22, D32 to D34, D37, D39 and D53. Not here: a value by itself
(``contract.row_models``), several rows (``checks_sheet``), dates and texts (``checks_dates``,
``checks_texts``), the plan (``checks_plan``), earlier returns (``checks_history``).

A check whose values are not all there, or have findings of their own, says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sources.findings.findings import Finding
from sources.findings.wording import block, certify, pounds, warn
from sources.grammar.values import start_year
from sources.judging.case import Case
from sources.parsing.rows import Row
from sources.template.declaration import DEFERRALS, MULTIPLE_YEARS

_AMOUNTS = ("baseline_gbp", "projected_gbp", "deferred_gbp", "undeliverable_gbp")


def counted(row: Row) -> Decimal:
    """Return what of a row counts: projected, but not more than the baseline (R03)."""
    return min(row.amount("projected_gbp"), row.amount("baseline_gbp"))


def placed(row: Row) -> Decimal:
    """Return what of a row's baseline has a home, as entered (R01)."""
    return counted(row) + row.amount("deferred_gbp") + row.amount("undeliverable_gbp")


def is_placeable(row: Row) -> bool:
    """Return whether a row's amounts can be set against its baseline."""
    return row.is_sound(*_AMOUNTS) and row["baseline_gbp"] is not None


def _deferred_to_a_later_year(row: Row, case: Case) -> Iterator[Finding]:
    """D18: after the plan year and after the reporting year."""
    if case.calendar is None or not row.has("deferred_to_year", "plan_year"):
        return
    to = row["deferred_to_year"]
    if to != MULTIPLE_YEARS and to <= max(row["plan_year"], case.year):
        wrong = f"deferred to must be after {row['plan_year']} and after this year ({case.year})"
        yield block("D18", row.place("deferred_to_year"), wrong, "Enter the later year.")


def _line_deferred_to_a_later_year(row: Row, case: Case) -> Iterator[Finding]:
    """D18, on the Savings sheet; a year without an amount is a matter of D19 alone."""
    if not row.is_sound("deferred_gbp") or row.amount("deferred_gbp") > 0:
        yield from _deferred_to_a_later_year(row, case)


def _split_to_later_years(case: Case) -> Iterator[Finding]:
    """D18, on the Deferrals sheet."""
    for row in case.tables[DEFERRALS.table]:
        yield from _deferred_to_a_later_year(row, case)


def _deferral_has_year_and_amount(row: Row, _: Case) -> Iterator[Finding]:
    """D19."""
    if not row.is_sound("deferred_gbp", "deferred_to_year") or row["deferred_gbp"] is None:
        return
    amount, year = row.amount("deferred_gbp"), row["deferred_to_year"]
    if amount > 0 and year is None:
        wrong = f"{pounds(amount)} is deferred, but not to which year"
        yield block("D19", row.place("deferred_to_year"), wrong, "Enter the later year.")
    elif amount == 0 and year is not None:
        wrong = f"a year is given ({year}), but nothing is deferred"
        yield block("D19", row.place("deferred_gbp"), wrong, "Enter the amount, or clear deferred_to_year.")


def _undeliverable_is_decided(row: Row, case: Case) -> Iterator[Finding]:
    """D21: its pounds are unexplained until the decision is recorded (R07)."""
    if not row.has("undeliverable_gbp") or row.amount("undeliverable_gbp") == 0 or not row.is_sound("decision_ref"):
        return
    decision = row["decision_ref"]
    if decision is None:
        wrong = "a saving cannot be written off without a decision"
        yield certify(
            "D21", row.place("undeliverable_gbp"), wrong, "Enter its decision_ref; until then it is unexplained."
        )
    elif not case.reference.decision_exists(decision):
        wrong = "no such decision is recorded"
        yield certify(
            "D21", row.place("decision_ref"), wrong, "Ask finance to record it; until then it is unexplained."
        )


def _baseline_is_placed_once(row: Row, case: Case) -> Iterator[Finding]:
    """D22: nothing unexplained (R01, R02), nothing placed twice (R36)."""
    if not is_placeable(row):
        return
    left = row.amount("baseline_gbp") - placed(row)
    if left < 0:
        where = "deferred_gbp" if row.amount("deferred_gbp") > 0 else "undeliverable_gbp"
        wrong = f"projected (up to the baseline), deferred and undeliverable are {pounds(-left)} too much"
        yield block("D22", row.place(where), wrong, "Every pound of the baseline has one place.")
    elif left > 0:
        speak = certify if case.says_certified else warn
        wrong = f"{pounds(left)} of the baseline is unexplained: not projected, deferred or undeliverable"
        yield speak("D22", row.place("projected_gbp"), wrong, "Say where it goes; no return is certified until then.")


def _status_agrees(row: Row, _: Case) -> Iterator[Finding]:
    """D32."""
    if not row.is_sound("status", "baseline_gbp", "achieved_to_date_gbp", "deferred_gbp", "undeliverable_gbp"):
        return
    status = row["status"]
    if status == "Delivered" and row.amount("achieved_to_date_gbp") < row.amount("baseline_gbp"):
        yield warn(
            "D32", row.place("status"), "less than the baseline is achieved", "Correct the status or the amount."
        )
    elif status == "Delayed" and row.amount("deferred_gbp") == 0:
        yield warn("D32", row.place("status"), "nothing is deferred", "Correct the status or defer the amount.")
    elif status == "Undeliverable" and row.amount("undeliverable_gbp") == 0:
        yield warn("D32", row.place("status"), "nothing is declared undeliverable", "Correct the status or the amount.")


def _rag_agrees(row: Row, case: Case) -> Iterator[Finding]:
    """D33, where both exist."""
    derived = derived_rag(row, case)
    if derived and row.has("rag") and row["rag"] != derived:
        wrong = f"the amounts give {derived}"
        yield warn("D33", row.place("rag"), wrong, "Both are kept; check which is right.")


def derived_rag(row: Row, case: Case) -> str | None:
    """Return the RAG that a row's amounts give, first that applies; None where there is none (R46)."""
    baseline = row.amount("baseline_gbp")
    if not is_placeable(row) or baseline == 0 or row["projected_gbp"] is None:
        return None
    limit = case.reference.limit
    deferred = row.amount("deferred_gbp") / baseline
    if row["status"] == "Withdrawn" or _decided_undeliverable(row, case) == baseline:
        return "Grey"
    if case.says_certified and row.amount("achieved_to_date_gbp") >= baseline:
        return "Blue"
    if counted(row) / baseline < limit("rag_red_counted_below") or deferred > limit("rag_red_deferred_above"):
        return "Red"
    if counted(row) / baseline < limit("rag_amber_counted_below") or deferred > limit("rag_amber_deferred_above"):
        return "Amber"
    return "Green"


def _decided_undeliverable(row: Row, case: Case) -> Decimal:
    decision = row["decision_ref"]
    is_decided = decision is not None and case.reference.decision_exists(decision)
    return row.amount("undeliverable_gbp") if is_decided else Decimal(0)


def _projected_is_not_far_above(row: Row, case: Case) -> Iterator[Finding]:
    """D34: over-achievement is (projected - baseline) / baseline (R04)."""
    if not row.has("baseline_gbp", "projected_gbp") or row["baseline_gbp"] == 0:
        return
    over = (row["projected_gbp"] - row["baseline_gbp"]) / row["baseline_gbp"]
    if over > case.reference.limit("over_projection_share"):
        wrong = f"this is {over:.0%} above the baseline of {pounds(row['baseline_gbp'])}"
        yield warn(
            "D34", row.place("projected_gbp"), wrong, "Check it; what is above counts apart and offsets nothing."
        )


def _cost_avoidance_is_not_cashable(row: Row, _: Case) -> Iterator[Finding]:
    """D37."""
    if row.has("benefit_type", "cashable") and (row["benefit_type"], row["cashable"]) == ("Cost avoidance", "Cashable"):
        yield block("D37", row.place("cashable"), "cost avoidance cannot be cashable", "Choose Non-cashable.")


def _full_year_effect_of_recurrent(row: Row, _: Case) -> Iterator[Finding]:
    """D10: a recurrent saving states its full-year effect."""
    if (
        row["recurrence"] == "Recurrent"
        and row.is_sound("full_year_effect_gbp")
        and row["full_year_effect_gbp"] is None
    ):
        wrong = "a Recurrent saving needs its full-year effect"
        yield block("D10", row.place("full_year_effect_gbp"), wrong, "Enter twelve months' effect.")


def _part_year_is_no_more_than_full(row: Row, case: Case) -> Iterator[Finding]:
    """D39: recurrent, started inside its plan year, reported in that year."""
    needed = ("recurrence", "start_date", "plan_year", "projected_gbp", "full_year_effect_gbp")
    if not row.has(*needed) or row["recurrence"] != "Recurrent" or row["plan_year"] != case.year:
        return
    begins = first_day(row["plan_year"])
    if begins < row["start_date"] <= last_day(row["plan_year"]) and row["projected_gbp"] > row["full_year_effect_gbp"]:
        wrong = f"part of a year gives more than the full-year effect of {pounds(row['full_year_effect_gbp'])}"
        yield warn("D39", row.place("projected_gbp"), wrong, "Check the two amounts and the start date.")


def _budget_of_what_is_delivered(row: Row, _: Case) -> Iterator[Finding]:
    """D53: delivered cashable names the budget that was reduced (R20)."""
    if not row.has("cashable", "achieved_to_date_gbp") or not row.is_sound("budget_code"):
        return
    if row["cashable"] == "Cashable" and row["achieved_to_date_gbp"] > 0 and row["budget_code"] is None:
        yield certify(
            "D53", row.place("budget_code"), "a cashable saving is achieved", "Name the budget that was reduced."
        )


def _not_applicable_is_meant(row: Row, _: Case) -> Iterator[Finding]:
    """D09: N/A in deferred is read as 0, and worth a look where something is left to place (R18)."""
    if not row.is_deferred_not_applicable or not row.has("baseline_gbp", "projected_gbp"):
        return
    if row["projected_gbp"] < row["baseline_gbp"]:
        wrong = "this was read as 0, though less than the baseline is projected"
        yield warn("D09", row.place("deferred_gbp"), wrong, "Enter what is deferred, 0 if nothing is.")


def first_day(financial_year: str) -> date:
    """Return the first day of a financial year: 1 April."""
    return date(start_year(financial_year), 4, 1)


def last_day(financial_year: str) -> date:
    """Return the last day of a financial year: 31 March."""
    return date(start_year(financial_year) + 1, 3, 31)


_LINE_CHECKS = (
    _line_deferred_to_a_later_year,
    _deferral_has_year_and_amount,
    _undeliverable_is_decided,
    _baseline_is_placed_once,
    _status_agrees,
    _rag_agrees,
    _projected_is_not_far_above,
    _cost_avoidance_is_not_cashable,
    _full_year_effect_of_recurrent,
    _part_year_is_no_more_than_full,
    _budget_of_what_is_delivered,
    _not_applicable_is_meant,
)


def _each_line(case: Case) -> Iterator[Finding]:
    for row in case.savings:
        for check in _LINE_CHECKS:
            yield from check(row, case)


CHECKS = (_each_line, _split_to_later_years)
