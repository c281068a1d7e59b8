"""Checks of projects, funds and ideas: what lines point to, and what each says of itself.

Here belong D16, D43, D56, D57, D59, D60, D71, D80 and the scale of a risk. Weights of themes are read
with the cell (``choices``, D64). Not here: lines (``checks_lines``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from sources.findings.fault import Fault
from sources.findings.words import projects
from sources.grammar.values import Suggestions, normalise_name
from sources.judging.case import Case
from sources.judging.follow_on import accounted_for, misread
from sources.parsing.rows import Table
from sources.template.declaration import INVESTMENT, PIPELINE, PLAN_CHANGES, PROJECTS, RISKS

_MOST_LIKELY = 5
_UPWARDS = {
    INVESTMENT: (("drawn_to_date_gbp", "committed_gbp", "approved_gbp"), projects.FundAmountTooLarge),
    PIPELINE: (("low_gbp", "likely_gbp", "high_gbp"), projects.EstimateTooLarge),
}


def _projects_and_funds_exist(case: Case) -> Iterator[Fault]:
    """D16: a reference that no row has is refused with the nearest one."""
    yield from _pointing_nowhere(case.savings, case.projects, "project_ref")
    yield from _pointing_nowhere(case.savings, case.investment, "fund_ref")
    yield from _pointing_nowhere(case.investment, case.projects, "project_ref")


def _refs(table: Table, column: str) -> list[str]:
    return [row[column] for row in table if row.has(column)]


def _pointing_nowhere(table: Table, target: Table, column: str) -> Iterator[Fault]:
    known, sheet = _refs(target, column), target.raw.name
    unknown = set(_refs(table, column)) - set(known)
    suggestions = Suggestions(known)
    unknown -= accounted_for(misread(target, column), unknown)
    for row in table:
        if row.has(column) and row[column] in unknown:
            yield projects.NotOnItsSheet(row.place(column), row[column], sheet, suggestions.nearest(row[column]))


def _whole_deferral_has_a_milestone(case: Case) -> Iterator[Fault]:
    """D43."""
    for row in case.savings:
        if not row.has("baseline_gbp", "deferred_gbp", "project_ref") or row["baseline_gbp"] == 0:
            continue
        project = case.project_by_ref.get(row["project_ref"])
        is_whole = row["deferred_gbp"] == row["baseline_gbp"]
        if is_whole and project and project.is_sound("next_milestone_date") and project["next_milestone_date"] is None:
            where = project.place("next_milestone_date").address or f"{PROJECTS.name}, row {project.number}"
            yield projects.DeferredWithoutMilestone(row.place("deferred_gbp"), row["project_ref"], where)


def _baselines_have_a_printed_project(case: Case) -> Iterator[Fault]:
    """D56: the report's lists 10.5 and 10.6 name the project; where there are no such lists, nothing is to be found."""
    printed = {normalise_name(row["project_name"]) for row in case.reference.printed_projects()}
    if not printed:
        return
    for row in case.savings:
        if not row.has("baseline_gbp", "project_ref") or row["baseline_gbp"] == 0:
            continue
        project = case.project_by_ref.get(row["project_ref"])
        if project and project.has("project_name") and normalise_name(project["project_name"]) not in printed:
            yield projects.ProjectNotPrinted(row.place("project_ref"), row["baseline_gbp"])


def _closed_projects_have_ended(case: Case) -> Iterator[Fault]:
    """D57."""
    if case.calendar is None:
        return
    for row in case.projects:
        if row["stage"] != "Closed" or not row.is_sound("actual_end", "next_milestone_date"):
            continue
        if row["next_milestone_date"] is not None and row["next_milestone_date"] > case.as_at:
            yield projects.ClosedWithMilestone(row.place("next_milestone_date"))
        if row["actual_end"] is None:
            yield projects.ClosedWithoutEnd(row.place("actual_end"))
        elif row["actual_end"] > case.as_at:
            yield projects.ClosedButNotEnded(row.place("actual_end"), case.as_at)


def _amounts_run_upwards(case: Case) -> Iterator[Fault]:
    """D59, D80: no amount that is there is above the next one."""
    for sheet, (columns, too_large) in _UPWARDS.items():
        for row in case.tables[sheet.table]:
            for smaller, larger in pairwise(column for column in columns if row.has(column)):
                if row[smaller] > row[larger]:
                    yield too_large(row.place(smaller), larger, row[larger])


def _funds_bring_savings(case: Case) -> Iterator[Fault]:
    """D60."""
    used, funds = set(_refs(case.savings, "fund_ref")), set(_refs(case.investment, "fund_ref"))
    mistaken = [*misread(case.savings, "fund_ref"), *(used - funds)]
    unused = funds - used - accounted_for(mistaken, funds - used)
    for row in case.investment:
        if row.has("fund_ref", "is_enabling") and not row["is_enabling"] and row["fund_ref"] in unused:
            yield projects.FundWithoutSaving(row.place("fund_ref"), row["fund_ref"])


def _names_agree_with_their_owner(case: Case) -> Iterator[Fault]:
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
            yield projects.OtherProjectName(row.place("project_name"), owner, row["project_ref"])


def _projects_of(case: Case, owner: str) -> Mapping[str, str]:
    """Return the names of its own projects in a directorate's latest return up to this period."""
    returns = [past for past in case.history.returns() if past.directorate_code == owner and past.period <= case.period]
    rows = returns[-1].read(PROJECTS, None) if returns else ()
    return {row["project_ref"]: row["project_name"] for row in rows if row["directorate_code"] == owner}


def _risks_are_on_the_scale(case: Case) -> Iterator[Fault]:
    """D09: likelihood is 1 to 5."""
    for row in case.tables[RISKS.table]:
        if row.has("likelihood") and not 1 <= row["likelihood"] <= _MOST_LIKELY:
            yield projects.LikelihoodOffScale(row.place("likelihood"))


def _transfers_name_the_receiver(case: Case) -> Iterator[Fault]:
    """D10: a proposed Transfer says to whom."""
    for row in case.tables[PLAN_CHANGES.table]:
        if row["type"] == "Transfer" and row.is_sound("to_directorate") and row["to_directorate"] is None:
            yield projects.TransferWithoutReceiver(row.place("to_directorate"))


CHECKS = (
    _projects_and_funds_exist,
    _whole_deferral_has_a_milestone,
    _baselines_have_a_printed_project,
    _closed_projects_have_ended,
    _amounts_run_upwards,
    _funds_bring_savings,
    _names_agree_with_their_owner,
    _risks_are_on_the_scale,
    _transfers_name_the_receiver,
)
