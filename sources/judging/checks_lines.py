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

from sources.findings.fault import Fault
from sources.findings.findings import CERTIFIED
from sources.findings.words import lines
from sources.grammar.values import start_year
from sources.judging.case import Case
from sources.judging.line_history import counted
from sources.parsing.rows import Row
from sources.template.declaration import DEFERRALS, MULTIPLE_YEARS

_AMOUNTS = ("baseline_gbp", "projected_gbp", "deferred_gbp", "undeliverable_gbp")


def placed(row: Row) -> Decimal:
    """Return what of a row's baseline has a home, as entered (R01)."""
    return counted(row) + row.amount("deferred_gbp") + row.amount("undeliverable_gbp")


def is_placeable(row: Row) -> bool:
    """Return whether a row's amounts can be set against its baseline."""
    return row.is_sound(*_AMOUNTS) and row["baseline_gbp"] is not None


def _deferred_to_a_later_year(row: Row, case: Case) -> Iterator[Fault]:
    """D18: after the plan year and after the reporting year."""
    if case.calendar is None or not row.has("deferred_to_year", "plan_year"):
        return
    to = row["deferred_to_year"]
    if to != MULTIPLE_YEARS and to <= max(row["plan_year"], case.year):
        yield lines.NotALaterYear(row.place("deferred_to_year"), row["plan_year"], case.year)


def _line_deferred_to_a_later_year(row: Row, case: Case) -> Iterator[Fault]:
    """D18, on the Savings sheet; a year without an amount is a matter of D19 alone."""
    if not row.is_sound("deferred_gbp") or row.amount("deferred_gbp") > 0:
        yield from _deferred_to_a_later_year(row, case)


def _split_to_later_years(case: Case) -> Iterator[Fault]:
    """D18, on the Deferrals sheet."""
    for row in case.tables[DEFERRALS.table]:
        yield from _deferred_to_a_later_year(row, case)


def _deferral_has_year_and_amount(row: Row, _: Case) -> Iterator[Fault]:
    """D19."""
    if not row.is_sound("deferred_gbp", "deferred_to_year") or row["deferred_gbp"] is None:
        return
    amount, year = row.amount("deferred_gbp"), row["deferred_to_year"]
    if amount > 0 and year is None:
        yield lines.AmountWithoutYear(row.place("deferred_to_year"), amount)
    elif amount == 0 and year is not None:
        yield lines.YearWithoutAmount(row.place("deferred_gbp"), year)


def _undeliverable_is_decided(row: Row, case: Case) -> Iterator[Fault]:
    """D21: its pounds are unexplained until the decision is recorded (R07)."""
    if not row.has("undeliverable_gbp") or row.amount("undeliverable_gbp") == 0 or not row.is_sound("decision_ref"):
        return
    decision = row["decision_ref"]
    if decision is None:
        yield lines.NoDecision(row.place("undeliverable_gbp"))
    elif not case.reference.decision_exists(decision):
        yield lines.DecisionNotRecorded(row.place("decision_ref"))


def _baseline_is_placed_once(row: Row, case: Case) -> Iterator[Fault]:
    """D22: nothing unexplained (R01, R02), nothing placed twice (R36)."""
    if not is_placeable(row):
        return
    left = row.amount("baseline_gbp") - placed(row)
    if left < 0:
        where = "deferred_gbp" if row.amount("deferred_gbp") > 0 else "undeliverable_gbp"
        yield lines.PlacedTwice(row.place(where), -left)
    elif left > 0:
        unexplained = lines.UnexplainedWhenCertified if case.says_certified else lines.Unexplained
        yield unexplained(row.place("projected_gbp"), left)


def _status_agrees(row: Row, _: Case) -> Iterator[Fault]:
    """D32."""
    if not row.is_sound("status", "baseline_gbp", "achieved_to_date_gbp", "deferred_gbp", "undeliverable_gbp"):
        return
    status = row["status"]
    if status == "Delivered" and row.amount("achieved_to_date_gbp") < row.amount("baseline_gbp"):
        yield lines.DeliveredButNotSaved(row.place("status"))
    elif status == "Delayed" and row.amount("deferred_gbp") == 0:
        yield lines.DelayedButNotDeferred(row.place("status"))
    elif status == "Undeliverable" and row.amount("undeliverable_gbp") == 0:
        yield lines.UndeliverableWithoutAmount(row.place("status"))


def rag_agrees(case: Case, certification: str) -> Iterator[Fault]:
    """D33, where both exist, of a return as it is accepted: the model derives it from the same (R02, R46)."""
    for row in case.savings:
        derived = derived_rag(row, case, is_certified=certification == CERTIFIED)
        if derived and row.has("rag") and row["rag"] != derived:
            yield lines.OtherRag(row.place("rag"), derived)


def derived_rag(row: Row, case: Case, *, is_certified: bool) -> str | None:
    """Return the RAG that a row's amounts give, first that applies; None where there is none (R46)."""
    baseline = row.amount("baseline_gbp")
    if not is_placeable(row) or baseline == 0 or row["projected_gbp"] is None:
        return None
    limit = case.reference.limit
    deferred = row.amount("deferred_gbp") / baseline
    if row["status"] == "Withdrawn" or _decided_undeliverable(row, case) == baseline:
        return "Grey"
    if is_certified and row.amount("achieved_to_date_gbp") >= baseline:
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


def _projected_is_not_far_above(row: Row, case: Case) -> Iterator[Fault]:
    """D34: over-achievement is (projected - baseline) / baseline (R04)."""
    if not row.has("baseline_gbp", "projected_gbp") or row["baseline_gbp"] == 0:
        return
    over = (row["projected_gbp"] - row["baseline_gbp"]) / row["baseline_gbp"]
    if over > case.reference.limit("over_projection_share"):
        yield lines.FarAboveBaseline(row.place("projected_gbp"), over, row["baseline_gbp"])


def _cost_avoidance_is_not_cashable(row: Row, _: Case) -> Iterator[Fault]:
    """D37."""
    if row.has("benefit_type", "cashable") and (row["benefit_type"], row["cashable"]) == ("Cost avoidance", "Cashable"):
        yield lines.CashableCostAvoidance(row.place("cashable"))


def _full_year_effect_of_recurrent(row: Row, _: Case) -> Iterator[Fault]:
    """D10: a recurrent saving states its full-year effect."""
    if (
        row["recurrence"] == "Recurrent"
        and row.is_sound("full_year_effect_gbp")
        and row["full_year_effect_gbp"] is None
    ):
        yield lines.NoFullYearEffect(row.place("full_year_effect_gbp"))


def _part_year_is_no_more_than_full(row: Row, case: Case) -> Iterator[Fault]:
    """D39: recurrent, started inside its plan year, reported in that year."""
    needed = ("recurrence", "start_date", "plan_year", "projected_gbp", "full_year_effect_gbp")
    if not row.has(*needed) or row["recurrence"] != "Recurrent" or row["plan_year"] != case.year:
        return
    begins = first_day(row["plan_year"])
    if begins < row["start_date"] <= last_day(row["plan_year"]) and row["projected_gbp"] > row["full_year_effect_gbp"]:
        yield lines.PartYearAboveFullYear(row.place("projected_gbp"), row["full_year_effect_gbp"])


def _budget_of_what_is_delivered(row: Row, _: Case) -> Iterator[Fault]:
    """D53: delivered cashable names the budget that was reduced (R20)."""
    if not row.has("cashable", "achieved_to_date_gbp") or not row.is_sound("budget_code"):
        return
    if row["cashable"] == "Cashable" and row["achieved_to_date_gbp"] > 0 and row["budget_code"] is None:
        yield lines.NoBudgetReduced(row.place("budget_code"))


def _not_applicable_is_meant(row: Row, _: Case) -> Iterator[Fault]:
    """D09: N/A in deferred is read as 0, and worth a look where something is left to place (R18)."""
    if not row.is_deferred_not_applicable or not row.has("baseline_gbp", "projected_gbp"):
        return
    if row["projected_gbp"] < row["baseline_gbp"]:
        yield lines.NotApplicableReadAsZero(row.place("deferred_gbp"))


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
    _projected_is_not_far_above,
    _cost_avoidance_is_not_cashable,
    _full_year_effect_of_recurrent,
    _part_year_is_no_more_than_full,
    _budget_of_what_is_delivered,
    _not_applicable_is_meant,
)


def _each_line(case: Case) -> Iterator[Fault]:
    for row in case.savings:
        for check in _LINE_CHECKS:
            yield from check(row, case)


CHECKS = (_each_line, _split_to_later_years)
