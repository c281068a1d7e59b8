"""Checks of projects and funds: what lines point to, and what a project or a fund line says of itself.

Here belong D16, D43, D56, D57, D59, D60, D71 and the scale of a risk. Weights of themes are read
with the cell (``choices``, D64). Not here: lines (``checks_lines``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sources.findings.findings import Finding
from sources.findings.wording import block, pounds, warn
from sources.grammar.values import Suggestions, normalise_name
from sources.judging.case import Case
from sources.judging.follow_on import accounted_for, misread
from sources.parsing.rows import Table
from sources.template.declaration import PLAN_CHANGES, PROJECTS, RISKS

_MOST_LIKELY = 5


def _projects_and_funds_exist(case: Case) -> Iterator[Finding]:
    """D16: a reference that no row has is refused with the nearest one."""
    yield from _pointing_nowhere(case.savings, case.projects, "project_ref")
    yield from _pointing_nowhere(case.savings, case.investment, "fund_ref")
    yield from _pointing_nowhere(case.investment, case.projects, "project_ref")


def _refs(table: Table, column: str) -> list[str]:
    return [row[column] for row in table if row.has(column)]


def _pointing_nowhere(table: Table, target: Table, column: str) -> Iterator[Finding]:
    known, sheet = _refs(target, column), target.raw.name
    unknown = set(_refs(table, column)) - set(known)
    suggestions = Suggestions(known)
    unknown -= accounted_for(misread(target, column), unknown)
    for row in table:
        if row.has(column) and row[column] in unknown:
            near = suggestions.nearest(row[column])
            remedy = f"Did you mean {near}?" if near else f"Add it to the sheet {sheet}, or correct the reference."
            yield block("D16", row.place(column), f"there is no {row[column]} on the {sheet} sheet", remedy)


def _whole_deferral_has_a_milestone(case: Case) -> Iterator[Finding]:
    """D43."""
    for row in case.savings:
        if not row.has("baseline_gbp", "deferred_gbp", "project_ref") or row["baseline_gbp"] == 0:
            continue
        project = case.project_by_ref.get(row["project_ref"])
        is_whole = row["deferred_gbp"] == row["baseline_gbp"]
        if is_whole and project and project.is_sound("next_milestone_date") and project["next_milestone_date"] is None:
            where = project.place("next_milestone_date").address or f"{PROJECTS.name}, row {project.number}"
            wrong = f"the whole line is deferred, and {row['project_ref']} has no next milestone"
            yield warn("D43", row.place("deferred_gbp"), wrong, f"Enter next_milestone_date ({where}).")


def _baselines_have_a_printed_project(case: Case) -> Iterator[Finding]:
    """D56: the report's lists 10.5 and 10.6 name the project."""
    printed = {normalise_name(row["project_name"]) for row in case.reference.printed_projects()}
    for row in case.savings:
        if not row.has("baseline_gbp", "project_ref") or row["baseline_gbp"] == 0:
            continue
        project = case.project_by_ref.get(row["project_ref"])
        if project and project.has("project_name") and normalise_name(project["project_name"]) not in printed:
            wrong = f"{pounds(row['baseline_gbp'])} of baseline stand on a project that the report does not print"
            yield warn("D56", row.place("project_ref"), wrong, "Nothing to mend: finance shows it as coverage.")


def _closed_projects_have_ended(case: Case) -> Iterator[Finding]:
    """D57."""
    if case.calendar is None:
        return
    for row in case.projects:
        if row["stage"] != "Closed" or not row.is_sound("actual_end", "next_milestone_date"):
            continue
        if row["next_milestone_date"] is not None and row["next_milestone_date"] > case.as_at:
            wrong = "the project is Closed and has a milestone to come"
            yield warn("D57", row.place("next_milestone_date"), wrong, "Correct the stage or the milestone.")
        if row["actual_end"] is None:
            wrong = "the project is Closed, but not since when"
            yield warn("D57", row.place("actual_end"), wrong, "Enter the day on which it ended.")
        elif row["actual_end"] > case.as_at:
            wrong = f"the project is Closed, but ends after {case.as_at:%d/%m/%Y}"
            yield warn("D57", row.place("actual_end"), wrong, "Correct the stage or the day.")


def _funds_are_in_order(case: Case) -> Iterator[Finding]:
    """D59."""
    for row in case.investment:
        for smaller, larger in (("drawn_to_date_gbp", "committed_gbp"), ("committed_gbp", "approved_gbp")):
            if row.has(smaller, larger) and row[smaller] > row[larger]:
                wrong = f"this is more than {larger} ({pounds(row[larger])})"
                yield block("D59", row.place(smaller), wrong, "Drawn is part of committed, committed of approved.")


def _funds_bring_savings(case: Case) -> Iterator[Finding]:
    """D60."""
    used, funds = set(_refs(case.savings, "fund_ref")), set(_refs(case.investment, "fund_ref"))
    mistaken = [*misread(case.savings, "fund_ref"), *(used - funds)]
    unused = funds - used - accounted_for(mistaken, funds - used)
    for row in case.investment:
        if row.has("fund_ref", "is_enabling") and not row["is_enabling"] and row["fund_ref"] in unused:
            wrong = f"no saving line names {row['fund_ref']}, and it is not enabling"
            yield warn("D60", row.place("fund_ref"), wrong, "Name it on its saving line, or set is_enabling to Yes.")


def _names_agree_with_their_owner(case: Case) -> Iterator[Finding]:
    """D71: a project's attributes come from the directorate that its row names (R57)."""
    if case.calendar is None:
        return
    own_names: dict[str, Mapping[str, str]] = {}
    for row in case.projects:
        if not row.has("project_ref", "project_name", "directorate_code"):
            continue
        owner = row["directorate_code"]
        if owner == case.directorate:
            continue
        if owner not in own_names:
            own_names[owner] = _projects_of(case, owner)
        name = own_names[owner].get(row["project_ref"])
        if name is not None and normalise_name(name) != normalise_name(row["project_name"]):
            wrong = f"{owner} calls {row['project_ref']} by another name"
            yield warn("D71", row.place("project_name"), wrong, f"The name that {owner} gives it counts.")


def _projects_of(case: Case, owner: str) -> Mapping[str, str]:
    """Return the names of its own projects in a directorate's latest return up to this period."""
    returns = [past for past in case.history.returns() if past.directorate_code == owner and past.period <= case.period]
    rows = returns[-1].read(PROJECTS) if returns else ()
    return {row["project_ref"]: row["project_name"] for row in rows if row["directorate_code"] == owner}


def _risks_are_on_the_scale(case: Case) -> Iterator[Finding]:
    """D09: likelihood is 1 to 5."""
    for row in case.tables[RISKS.table]:
        if row.has("likelihood") and not 1 <= row["likelihood"] <= _MOST_LIKELY:
            yield block("D09", row.place("likelihood"), "likelihood is 1 to 5", "1 is rare, 5 is almost certain.")


def _transfers_name_the_receiver(case: Case) -> Iterator[Finding]:
    """D10: a proposed Transfer says to whom."""
    for row in case.tables[PLAN_CHANGES.table]:
        if row["type"] == "Transfer" and row.is_sound("to_directorate") and row["to_directorate"] is None:
            yield block("D10", row.place("to_directorate"), "a Transfer needs its receiver", "Choose the directorate.")


CHECKS = (
    _projects_and_funds_exist,
    _whole_deferral_has_a_milestone,
    _baselines_have_a_printed_project,
    _closed_projects_have_ended,
    _funds_are_in_order,
    _funds_bring_savings,
    _names_agree_with_their_owner,
    _risks_are_on_the_scale,
    _transfers_name_the_receiver,
)
