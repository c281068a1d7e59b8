"""What the files of a reference folder must be to each other.

Here belong foreign references, what the template and the rules need to find, and the arithmetic
within a folder (D41, shares). Not here: what one cell, row or file must be (``folder_reader``), claims
(``folder_claims``), settings (``folder_settings``), directorates over time (``folder_days``), what a plan
change does (``plan``), and what the plan must come to (``folder_plan``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import date
from decimal import Decimal

from sources.reference.folder_cells import is_open_to_capitals, is_typed
from sources.reference.folder_claims import claims_can_be_compared
from sources.reference.folder_contract import FieldKind
from sources.reference.folder_days import (
    plans_are_of_who_is_there,
    returns_are_expected_of_who_is_there,
    successors_come_to_an_end,
    who_is_succeeded_has_a_last_day,
)
from sources.reference.folder_lookup import in_row, unknown
from sources.reference.folder_plan import plan_adds_up, planned_lines_stay_within_the_limit
from sources.reference.folder_problems import Problem
from sources.reference.folder_reader import SOURCE_LINE, Row, Tables
from sources.reference.folder_required import (
    KEPT_NAMES,
    NEEDED_LISTS,
    PERMISSIONS,
    REQUIRED_WORDS,
)
from sources.reference.folder_settings import (
    dates_leave_something,
    limits_leave_something,
    patterns_are_open_to_capitals,
    settings_are_there_and_typed,
)
from sources.reference.plan import Plan
from sources.template.declaration import RETURN_FIELDS, SHEETS, Kind

_SUMMED = {"setting", "approved_plan", "plan_change", "printed_plan_total"}
_Check = Callable[[Tables], Iterator[Problem]]

# (file, column) -> (file, column) in which its value must be.
FOREIGN: dict[tuple[str, str], tuple[str, str]] = {
    ("directorate", "successor_code"): ("directorate", "directorate_code"),
    ("directorate_alias", "code"): ("directorate", "directorate_code"),
    ("service", "directorate_code"): ("directorate", "directorate_code"),
    ("expected_return", "directorate_code"): ("directorate", "directorate_code"),
    ("approved_plan", "directorate_code"): ("directorate", "directorate_code"),
    ("plan_change", "directorate_code"): ("directorate", "directorate_code"),
    ("finance_bp", "directorate_code"): ("directorate", "directorate_code"),
    ("post", "directorate_code"): ("directorate", "directorate_code"),
    ("printed_project", "owner"): ("directorate", "directorate_code"),
    ("printed_plan_total", "directorate_code"): ("directorate", "directorate_code"),
    ("expected_return", "financial_year"): ("financial_year", "financial_year"),
    ("year_phase", "financial_year"): ("financial_year", "financial_year"),
    ("reporting_calendar", "financial_year"): ("financial_year", "financial_year"),
    ("approved_plan", "plan_year"): ("financial_year", "financial_year"),
    ("plan_change", "plan_year"): ("financial_year", "financial_year"),
    ("plan_change", "effective_year"): ("financial_year", "financial_year"),
    ("printed_plan_total", "plan_year"): ("financial_year", "financial_year"),
    ("budget_gap", "financial_year"): ("financial_year", "financial_year"),
    ("fund", "window_from"): ("financial_year", "financial_year"),
    ("fund", "window_to"): ("financial_year", "financial_year"),
    ("year_phase", "phase_code"): ("programme_phase", "phase_code"),
    ("plan_change", "decision_ref"): ("decision", "decision_ref"),
    ("published_claim", "report_code"): ("report", "report_code"),
}

# Columns that hold references in a pattern of the council's own.
PATTERNED = {
    ("approved_plan", "saving_ref"): "saving_ref_pattern",
    ("plan_change", "saving_ref"): "saving_ref_pattern",
    ("fund", "fund_ref"): "fund_ref_pattern",
    ("fund", "project_ref"): "project_ref_pattern",
}

NEVER_NEGATIVE = (("approved_plan", "baseline_gbp"), ("printed_plan_total", "baseline_gbp"), ("fund", "approved_gbp"))

# Lists that are files of their own, not words of vocabulary.csv.
_OWN_FILES = {"directorate", "service", "theme", "workstream"}


def relation_problems(tables: Tables, unsound: Collection[str] = ()) -> list[Problem]:
    """Return everything that is wrong between the files.

    Args:
        tables: Typed rows by file.
        unsound: Files that have problems of their own. What would be looked up in them is left
            out, so that one mistake is said once.
    """
    problems: list[Problem] = []
    for check, needed in _CHECKS.items():
        if not set(needed) & set(unsound):
            problems += check(tables)
    spoilt = {(problem.file, problem.column) for problem in problems}
    for (file, column), (target, target_column) in FOREIGN.items():
        if target not in unsound and (f"{target}.csv", target_column) not in spoilt:
            known = {row[target_column] for row in tables[target]}
            problems += unknown(tables, file, column, known, f"{target}.csv")
    # A line that is wrong by itself is why the plan does not add up.
    if not _SUMMED & {*unsound, *(problem.file.removesuffix(".csv") for problem in problems)}:
        problems += plan_adds_up(tables)
    return sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column))


def _references_fit_their_pattern(tables: Tables) -> Iterator[Problem]:
    patterns = {
        row["name"]: row["value"]
        for row in tables["setting"]
        if is_typed(FieldKind.PATTERN, row["value"]) and is_open_to_capitals(row["value"])
    }
    for (file, column), setting in PATTERNED.items():
        for row in tables[file]:
            if row[column] != row[column].upper():
                what = f"'{row[column]}' has small letters, and references are read in capitals"
                yield in_row(file, row, column, what, f"Write {row[column].upper()}")
            elif setting in patterns and not re.fullmatch(patterns[setting], row[column]):
                what = f"'{row[column]}' does not look like {patterns[setting]}"
                yield in_row(file, row, column, what, f"Correct it, or {setting} in setting.csv")


def _vocabularies_are_complete(tables: Tables) -> Iterator[Problem]:
    there = defaultdict(set)
    for row in tables["vocabulary"]:
        there[row["vocabulary"]].add(row["code"])
    columns = [*RETURN_FIELDS, *(column for sheet in SHEETS for column in sheet.columns)]
    named = {column.vocabulary for column in columns if column.kind is Kind.LIST} - _OWN_FILES
    for name in sorted(filter(None, named)):
        if not there[name]:
            what = f"vocabulary '{name}' has no words, and the template has a list of them"
            yield Problem("vocabulary.csv", 0, "vocabulary", what, "Add a row a word")
    for name, words in REQUIRED_WORDS.items():
        for word in words:
            if there[name] and word not in there[name]:
                what = f"'{word}' is missing from vocabulary '{name}', and a rule speaks of it"
                yield Problem("vocabulary.csv", 0, "code", what, "Add it")


def _status_aliases_lead_to_a_status(tables: Tables) -> Iterator[Problem]:
    known = {row["code"] for row in tables["vocabulary"] if row["vocabulary"] == "status"}
    return unknown(tables, "status_alias", "code", known, "vocabulary 'status' of vocabulary.csv")


def _years_are_financial_years(tables: Tables) -> Iterator[Problem]:
    for row in tables["financial_year"]:
        start = int(row["financial_year"][:4])
        for column, expected in (("start_date", date(start, 4, 1)), ("end_date", date(start + 1, 3, 31))):
            if row[column] != expected:
                what = f"{row[column]} is not where {row['financial_year']} has it"
                yield in_row("financial_year", row, column, what, f"Write {expected}")


def _calendar_runs_forward(tables: Tables) -> Iterator[Problem]:
    years = {row["financial_year"]: row for row in tables["financial_year"]}
    before: Row | None = None
    for row in sorted(tables["reporting_calendar"], key=lambda row: (row["financial_year"], row["reporting_period"])):
        year = years.get(row["financial_year"])
        if year and not year["start_date"] <= row["as_at_date"] <= year["end_date"]:
            what = f"{row['as_at_date']} is not in {row['financial_year']}"
            yield in_row("reporting_calendar", row, "as_at_date", what, "Write the last day of the period")
        if before and before["as_at_date"] > row["as_at_date"]:
            what = f"{row['as_at_date']} is before the period on line {before[SOURCE_LINE]}"
            yield in_row("reporting_calendar", row, "as_at_date", what, "Write the last day of the period")
        if row["return_due_date"] < row["as_at_date"]:
            what = f"{row['return_due_date']} is before the period ends"
            yield in_row("reporting_calendar", row, "return_due_date", what, "Write the day by which it is due")
        before = row


def _amounts_are_not_negative(tables: Tables) -> Iterator[Problem]:
    for file, column in NEVER_NEGATIVE:
        for row in tables[file]:
            if row[column] < 0:
                yield in_row(file, row, column, f"{row[column]} is negative", "Write it as a positive number")


def _plan_changes_can_be_made(tables: Tables) -> Iterator[Problem]:
    for row, error in Plan(tables["approved_plan"], tables["plan_change"]).misfits:
        yield in_row("plan_change", row, error.column, str(error), error.remedy)


def _transfers_net_to_zero(tables: Tables) -> Iterator[Problem]:
    """D41: within a change, a plan year and a period, so that no total is ever off in between."""
    transfers = defaultdict(list)
    for row in tables["plan_change"]:
        if row["change_type"] == "Transfer":
            key = (row["change_ref"], row["plan_year"], row["effective_year"], row["effective_period"])
            transfers[key].append(row)
    for (change_ref, *when), rows in transfers.items():
        total = sum((row["amount_gbp"] for row in rows), Decimal(0))
        if total != 0:
            what = f"transfer {change_ref} ({', '.join(when)}) adds to {total} and not to 0"
            yield in_row("plan_change", rows[-1], "amount_gbp", what, "Give both sides, the giver's with a minus")
        for row in rows:
            if row["counterpart_ref"] not in {other["saving_ref"] for other in rows if other is not row}:
                what = f"'{row['counterpart_ref'] or ''}' is not the other side of transfer {change_ref}"
                yield in_row("plan_change", row, "counterpart_ref", what, "Name the line that gives or receives it")


def _posts_may_do_what_there_is(tables: Tables) -> Iterator[Problem]:
    for row in tables["post"]:
        for action in row["may"].split(";"):
            if action not in PERMISSIONS:
                what = f"'{action}' is nothing that a post may do"
                yield in_row("post", row, "may", what, f"Choose from {', '.join(PERMISSIONS)}, separated by ;")


def _a_post_may_do_each_thing(tables: Tables) -> Iterator[Problem]:
    able = {action for row in tables["post"] for action in row["may"].split(";")}
    for action, words in PERMISSIONS.items():
        if action not in able:
            what = f"no post may {words}"
            yield Problem("post.csv", 0, "may", what, f"Add '{action}' to what a post may")


def _lists_that_returns_need_have_rows(tables: Tables) -> Iterator[Problem]:
    for file, what in NEEDED_LISTS.items():
        if not tables[file]:
            yield Problem(f"{file}.csv", 0, "", f"the list has no row, and {what}", "Add what the council has")


def _whoever_is_to_return_has_a_service(tables: Tables) -> Iterator[Problem]:
    able = {row["directorate_code"] for row in tables["service"]}
    seen: set[str] = set()
    for row in tables["expected_return"]:
        code = row["directorate_code"]
        if code not in able | seen:
            what = f"'{code}' is to send returns, and has no service in service.csv"
            yield in_row("expected_return", row, "directorate_code", what, "Add a service of it there")
        seen.add(code)


def _no_directorate_has_a_name_of_the_warehouse(tables: Tables) -> Iterator[Problem]:
    for row in tables["directorate"]:
        code = row["directorate_code"]
        if why := KEPT_NAMES.get(code.lower()):
            yield in_row("directorate", row, "directorate_code", f"'{code}' {why}", "Choose another code")


def _fund_shares_and_windows_hold(tables: Tables) -> Iterator[Problem]:
    for row in tables["fund"]:
        if not 0 < row["share"] <= 1:
            yield in_row("fund", row, "share", f"{row['share']} is no share", "Write more than 0 and at most 1")
        if row["window_to"] < row["window_from"]:
            what = f"{row['window_to']} is before {row['window_from']}"
            yield in_row("fund", row, "window_to", what, "Write the last year of the window")


def _gap_ranges_run_upwards(tables: Tables) -> Iterator[Problem]:
    for row in tables["budget_gap"]:
        low, high = row["low_gbp"], row["high_gbp"]
        if (low is None) != (high is None) or (low is not None and low > high):
            what = f"the range {low} to {high} does not run upwards"
            yield in_row("budget_gap", row, "high_gbp", what, "Give both ends, the lower one first")


# Each with the files that it must be able to trust.
_CHECKS: dict[_Check, tuple[str, ...]] = {
    settings_are_there_and_typed: ("setting",),
    patterns_are_open_to_capitals: ("setting",),
    limits_leave_something: (),
    dates_leave_something: ("setting",),
    _references_fit_their_pattern: ("setting",),
    _vocabularies_are_complete: ("vocabulary",),
    _status_aliases_lead_to_a_status: ("vocabulary",),
    _years_are_financial_years: (),
    _calendar_runs_forward: (),
    _amounts_are_not_negative: (),
    _plan_changes_can_be_made: ("approved_plan", "plan_change"),
    planned_lines_stay_within_the_limit: ("setting", "approved_plan", "plan_change"),
    _transfers_net_to_zero: ("plan_change",),
    _posts_may_do_what_there_is: (),
    _a_post_may_do_each_thing: ("post",),
    _lists_that_returns_need_have_rows: tuple(NEEDED_LISTS),
    _whoever_is_to_return_has_a_service: ("service",),
    _no_directorate_has_a_name_of_the_warehouse: (),
    _fund_shares_and_windows_hold: (),
    _gap_ranges_run_upwards: (),
    successors_come_to_an_end: ("directorate",),
    who_is_succeeded_has_a_last_day: ("directorate",),
    returns_are_expected_of_who_is_there: ("directorate", "reporting_calendar"),
    plans_are_of_who_is_there: ("directorate", "financial_year", "reporting_calendar"),
    claims_can_be_compared: ("directorate",),
}
