"""What the plan of a reference folder must come to: pounds that can be published, and the totals that are printed.

Here belongs what the evidence would find wrong with every build of this plan (K2, and the council's limits), said
before the folder is in force. Not here: what a plan change does (``plan``), and whether the published tables show
the plan as it is (``expectations``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

from sources.reference.folder_cells import is_typed
from sources.reference.folder_contract import FieldKind
from sources.reference.folder_lookup import in_row
from sources.reference.folder_problems import Problem
from sources.reference.folder_reader import Tables
from sources.reference.folder_required import SETTING_DEFAULTS
from sources.reference.plan import AFTER_EVERYTHING, BEFORE_EVERYTHING, Plan, PlanLine


def planned_lines_stay_within_the_limit(tables: Tables) -> Iterator[Problem]:
    """Yield each baseline above what no line comes near, as approved or as a change leaves it."""
    limit = _limit(tables, "line_limit_gbp")
    if limit is None:
        return
    remedy = "Check the number of digits. If it is right, raise line_limit_gbp in setting.csv"
    for row in tables["approved_plan"]:
        if row["baseline_gbp"] > limit:
            what = f"{row['baseline_gbp']} is above line_limit_gbp, which is {limit}"
            yield in_row("approved_plan", row, "baseline_gbp", what, remedy)
    plan = Plan(tables["approved_plan"], tables["plan_change"])
    for row in tables["plan_change"]:
        line = plan.line(row["saving_ref"], row["plan_year"], row["effective_year"], row["effective_period"])
        if line is not None and line.original_baseline_gbp <= limit < line.baseline_gbp:
            what = f"{row['amount_gbp']}: the baseline is then {line.baseline_gbp}, above line_limit_gbp ({limit})"
            yield in_row("plan_change", row, "amount_gbp", what, remedy)


def plan_adds_up(tables: Tables) -> Iterator[Problem]:
    """Yield each sum of cashable lines that cannot be published: where a line is wrong, only that is said."""
    yield from _plan_years_stay_within_the_limit(tables)
    yield from _plan_comes_to_what_is_printed(tables)


def _plan_years_stay_within_the_limit(tables: Tables) -> Iterator[Problem]:
    limit = _limit(tables, "council_limit_gbp")
    if limit is None:
        return
    remedy = "Correct the baseline that is wrong. If all are right, raise council_limit_gbp in setting.csv"
    for year, lines in sorted(_highest(Plan(tables["approved_plan"], tables["plan_change"])).items()):
        if _sum(lines) > limit:
            largest = max(lines, key=lambda line: line.baseline_gbp)
            what = (
                f"the cashable lines of {year} add up to {_sum(lines)}, above council_limit_gbp ({limit}); "
                f"the largest is {largest.saving_ref}, {largest.baseline_gbp}"
            )
            yield Problem("approved_plan.csv", 0, "baseline_gbp", what, remedy)


def _highest(plan: Plan) -> dict[str, list[PlanLine]]:
    """Return by plan year its cashable lines, as approved or with all that is decided, whichever come to more."""
    highest: dict[str, list[PlanLine]] = {}
    for moment in (BEFORE_EVERYTHING, AFTER_EVERYTHING):
        years: defaultdict[str, list[PlanLine]] = defaultdict(list)
        for line in plan.all_lines(*moment):
            if line.is_cashable:
                years[line.plan_year].append(line)
        highest |= {year: lines for year, lines in years.items() if _sum(lines) > _sum(highest.get(year, ()))}
    return highest


def _sum(lines: Iterable[PlanLine]) -> Decimal:
    return sum((line.baseline_gbp for line in lines), Decimal(0))


def _plan_comes_to_what_is_printed(tables: Tables) -> Iterator[Problem]:
    """K2, to the penny: what finance decides later changes neither the approved plan nor what is printed of it.

    A total that K2 compares with nothing stops no publishing: it may be printed for information.
    """
    approved: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in tables["approved_plan"]:
        if row["is_cashable"]:
            approved[row["directorate_code"], row["plan_year"]] += row["baseline_gbp"]
    compared = _compared(tables, approved)
    for row in tables["printed_plan_total"]:
        whose, printed = (row["directorate_code"], row["plan_year"]), row["baseline_gbp"]
        if row["is_cashable"] and whose in compared and approved[whose] != printed:
            what = f"{printed} is printed, and the cashable lines of {' '.join(whose)} add up to {approved[whose]}"
            remedy = "Correct the line of approved_plan.csv that is wrong, or this total"
            yield in_row("printed_plan_total", row, "baseline_gbp", what, remedy)


def _compared(tables: Tables, approved: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the directorates and plan years whose total K2 compares, given those that have lines.

    In its own year each that is to return, once the year has any line; afterwards, as long as a year is kept (R51),
    each that is to return and has lines of it.
    """
    settings = {row["name"]: row["value"] for row in tables["setting"]}
    expected = {(row["directorate_code"], row["financial_year"]) for row in tables["expected_return"]}
    planned = {year for _, year in approved}
    later = {
        (code, year)
        for code, year in approved
        for other, returned in expected
        if other == code and 0 < int(returned[:4]) - int(year[:4]) <= int(settings["years_kept"])
    }
    return {(code, year) for code, year in expected if year in planned} | later


def _limit(tables: Tables, name: str) -> Decimal | None:
    """Return a limit in pounds; None where the folder has none that is one, which is said of the setting."""
    values = SETTING_DEFAULTS | {row["name"]: row["value"] for row in tables["setting"]}
    limit = Decimal(values[name]) if is_typed(FieldKind.MONEY, values[name]) else Decimal(0)
    return limit if limit > 0 else None
