"""Checks that need several rows of one file: what stands twice, what looks alike, what points nowhere.

Here belong D15, D23, D35, D36, D38, D40 and D58 within a file. Not here: sums (``checks_totals``)
and projects and funds (``checks_projects``).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from sources.findings.fault import Fault
from sources.findings.place import Place
from sources.findings.words import sheets
from sources.grammar.values import Suggestions, normalise_name, start_year
from sources.judging.case import Case
from sources.parsing.rows import Row
from sources.template.declaration import SHEETS

_SWAPPED_FROM_LINES = 3
_THOUSAND = 1000
_WORD_FOR = {"saving_title": "title", "project_ref": "project"}
_ALIKE_COLUMNS = ("baseline_gbp", "projected_gbp", "deferred_gbp")
_SAME_AMOUNTS = ("baseline_gbp", "achieved_to_date_gbp", "projected_gbp", "deferred_gbp", "undeliverable_gbp")


def _keys_stand_once(case: Case) -> Iterator[Fault]:
    """D15, on every sheet: each later row is named with the first."""
    for sheet in SHEETS:
        first: dict[tuple[object, ...], Row] = {}
        for row in case.tables[sheet.table]:
            if not row.has(*sheet.key):
                continue
            key = tuple(_key_text(row[column]) for column in sheet.key)
            if key in first:
                name, other = sheet.key[0], first[key]
                said = " ".join(str(row[column]) for column in sheet.key) if name != "idea_ref" else "This"
                cells = other.place(name).address, row.place(name).address
                yield sheets.RowTwice(row.place(name), said, other.number, row.number, *cells)
            else:
                first[key] = row


def _key_text(value: object) -> object:
    return normalise_name(value) if isinstance(value, str) else value


def _achieved_is_not_above_projected(case: Case) -> Iterator[Fault]:
    """D23: a warning a line; on half of the lines or more the columns are swapped."""
    lines = [
        row
        for row in case.savings
        if row.has("achieved_to_date_gbp", "projected_gbp") and (row["achieved_to_date_gbp"] or row["projected_gbp"])
    ]
    above = [row for row in lines if row["achieved_to_date_gbp"] > row["projected_gbp"]]
    if len(lines) >= _SWAPPED_FROM_LINES and 2 * len(above) >= len(lines):
        places = [row.place("achieved_to_date_gbp") for row in above]
        yield sheets.ColumnsSwapped(places[0], len(above), len(lines), tuple(place.cell for place in places))
        return
    for row in above:
        yield sheets.SavedMoreThanProjected(row.place("achieved_to_date_gbp"), row["projected_gbp"])


def _not_mostly_round(case: Case) -> Iterator[Fault]:
    """D35: projected amounts that are mostly whole thousands look like estimates."""
    lines = [row for row in case.savings if row.has("projected_gbp") and row["projected_gbp"] != 0]
    round_ones = [row for row in lines if row["projected_gbp"] % _THOUSAND == 0]
    if len(lines) < case.reference.limit("round_number_lines"):
        return
    if Decimal(len(round_ones)) / len(lines) > case.reference.limit("round_number_share"):
        place = Place(case.savings.raw.name, "", "projected_gbp")
        yield sheets.MostlyRound(place, len(round_ones), len(lines))


def _no_figure_on_many_lines(case: Case) -> Iterator[Fault]:
    """D36: one figure on several lines of a column may be a copy."""
    for column in _ALIKE_COLUMNS:
        by_figure: dict[Decimal, list[Row]] = {}
        for row in case.savings:
            if row.has(column) and row[column] > case.reference.limit("identical_figure_gbp"):
                by_figure.setdefault(row[column], []).append(row)
        for figure, rows in by_figure.items():
            if len(rows) >= case.reference.limit("identical_figure_lines"):
                cells = tuple(row.place(column).cell for row in rows)
                yield sheets.SameFigure(rows[0].place(column), figure, len(rows), cells)


def _one_off_comes_once(case: Case) -> Iterator[Fault]:
    """D38: a one-off saving under the same reference in two years that follow each other."""
    by_ref: dict[str, list[Row]] = {}
    for row in case.savings:
        if row.key and row["recurrence"] == "One-off":
            by_ref.setdefault(row["saving_ref"], []).append(row)
    for ref, rows in by_ref.items():
        ordered = sorted(rows, key=lambda row: str(row["plan_year"]))
        for before, after in pairwise(ordered):
            if start_year(after["plan_year"]) == start_year(before["plan_year"]) + 1:
                yield sheets.OneOffAgain(after.place("recurrence"), ref, before["plan_year"], after["plan_year"])


def _replacements_are_sound(case: Case) -> Iterator[Fault]:
    """D40: baseline 0, a target that exists, no cycle within the file or over earlier returns (R09, F7)."""
    refs = {row["saving_ref"] for row in case.savings if row.has("saving_ref")}
    known = refs | _known_elsewhere(case)
    suggestions = Suggestions(sorted(known))
    for row in case.savings:
        if not row.has("replaces_ref"):
            continue
        target, place = row["replaces_ref"], row.place("replaces_ref")
        if target not in known:
            yield sheets.ReplacesUnknownLine(place, target, suggestions.nearest(target))
        elif row.has("saving_ref") and row["saving_ref"] in (chain := case.replaced_over_time(row)):
            yield sheets.ReplacesItself(place, row["saving_ref"], tuple(chain))
        elif row.has("baseline_gbp") and row["baseline_gbp"] != 0:
            yield sheets.ReplacementWithBaseline(place, row["baseline_gbp"])


def _known_elsewhere(case: Case) -> set[str]:
    """Return the references that the plan lists or an earlier return held."""
    if case.calendar is None:
        return {row["saving_ref"] for row in case.reference.tables["approved_plan"]}
    earlier = {ref for ref, _ in case.previous.lines} if case.previous else set()
    return earlier | case.planned_refs


def _no_line_twice_under_two_refs(case: Case) -> Iterator[Fault]:
    """D58 within the file: the same amounts for one project or one title, under two references."""
    first: dict[tuple[object, ...], Row] = {}
    for row in case.savings:
        if not row.key or not row.is_sound(*_SAME_AMOUNTS) or row.amount("baseline_gbp") == 0:
            continue
        amounts = tuple(row.amount(column) for column in _SAME_AMOUNTS)
        for what in _WORD_FOR:
            if not row.has(what):
                continue
            other = first.setdefault((what, normalise_name(row[what]), row["plan_year"], amounts), row)
            if other["saving_ref"] != row["saving_ref"]:
                yield sheets.SameSavingTwice(
                    row.place("saving_ref"), other["saving_ref"], other.number, _WORD_FOR[what]
                )
                break


CHECKS = (
    _keys_stand_once,
    _achieved_is_not_above_projected,
    _not_mostly_round,
    _no_figure_on_many_lines,
    _one_off_comes_once,
    _replacements_are_sound,
    _no_line_twice_under_two_refs,
)
