"""The hidden sheet Lists: the words that each column offers, and what the live checks compare with.

Here belongs what is made of reference data for one directorate and period: lists of words, all the
words that are read without a remark, and the plan's amounts. Not here: which column has which list
(``template``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from xlsxwriter.utility import xl_col_to_name

from sources.reference.reference import Reference
from sources.template.declaration import LISTS_SHEET, MULTIPLE_YEARS, TOTAL_WORDS, Column, Kind

YES_NO = "yes_no"
YEARS = "financial_year"
YEARS_OR_MULTIPLE = "financial_year_or_multiple"
PERIODS = "reporting_period"
PLAN_REF, PLAN_YEAR, PLAN_BASELINE, PLAN_CASHABLE = "plan_ref", "plan_year", "plan_baseline", "plan_cashable"
TOTALS = "total"
# Ends each word of a list of what is read, so that nothing is a word as well.
WORD_END = "|"

_BY_KIND = {
    Kind.YEAR: YEARS,
    Kind.YEAR_OR_MULTIPLE: YEARS_OR_MULTIPLE,
    Kind.PERIOD: PERIODS,
    Kind.BOOLEAN: YES_NO,
}

Lists = Mapping[str, Sequence[object]]


def list_of(column: Column) -> str | None:
    """Return the name of the list that a column offers; None if it offers none."""
    if column.kind is Kind.LIST:
        return column.vocabulary
    return _BY_KIND.get(column.kind)


def read_as(name: str) -> str:
    """Return the name of the list of all words that are read for a list's own, those included."""
    return f"{name}, read as"


def lists(reference: Reference, directorate_code: str, year: str, period: str, day: date) -> Lists:
    """Return what the sheet holds, by the name of each list.

    Args:
        reference: Has the words.
        directorate_code: Whose services there are to choose from.
        year: Whose collected periods there are to choose from.
        period: Whose plan in force the baselines are compared with.
        day: On which directorates and services have to be in force.
    """
    years = tuple(row["financial_year"] for row in reference.tables["financial_year"])
    own = _words(reference, directorate_code, day)
    return {
        **{name: tuple(words) for name, words in own.items()},
        YEARS: years,
        YEARS_OR_MULTIPLE: (*years, MULTIPLE_YEARS),
        PERIODS: tuple(f"P{number:02d}" for number in range(1, 14) if reference.calendar(year, f"P{number:02d}")),
        YES_NO: ("Yes", "No"),
        **{read_as(name): _with_names(words, _aliases(reference, name, words)) for name, words in own.items()},
        TOTALS: tuple(word + end for word in sorted(TOTAL_WORDS) for end in ("", ":")),
        **_plan(reference, directorate_code, year, period),
    }


def list_ranges(words: Lists) -> dict[str, str]:
    """Return where on the sheet Lists each list lies: one per column, its name on top."""
    ranges = {}
    for index, (name, choices) in enumerate(words.items()):
        letter = xl_col_to_name(index)
        ranges[name] = f"={LISTS_SHEET}!${letter}$2:${letter}${max(len(choices), 1) + 1}"
    return ranges


def _words(reference: Reference, directorate_code: str, day: date) -> dict[str, Mapping[str, str]]:
    """Return by list its words, each with its name."""
    found: dict[str, Mapping[str, str]] = {
        "directorate": {code: row["directorate_name"] for code, row in reference.directorates_on(day).items()},
        "service": reference.services_of(directorate_code, day),
    }
    rows = reference.tables["vocabulary"]
    for name in dict.fromkeys(row["vocabulary"] for row in rows):
        names = {row["code"]: row["name"] for row in rows if row["vocabulary"] == name}
        found[name] = {code: names[code] for code in reference.vocabulary(name)}
    return found


def _aliases(reference: Reference, name: str, words: Mapping[str, str]) -> list[str]:
    """Return the other names that are read for a word without a remark."""
    aliases = reference.directorate_aliases() if name == "directorate" else {}
    return [alias for alias, code in aliases.items() if code in words]


def _with_names(words: Mapping[str, str], aliases: Sequence[str]) -> tuple[str, ...]:
    both = [*words, *words.values(), *aliases]
    plain = [word.replace("&", "and") for word in both]
    # Without spaces, for those make no difference; a blank cell is read as well.
    return tuple(dict.fromkeys([WORD_END, *(word.replace(" ", "") + WORD_END for word in (*both, *plain))]))


def _plan(reference: Reference, directorate_code: str, year: str, period: str) -> Lists:
    lines = reference.plan_lines(directorate_code, year, period)
    return {
        PLAN_REF: [line.saving_ref for line in lines],
        PLAN_YEAR: [line.plan_year for line in lines],
        PLAN_BASELINE: [line.baseline_gbp for line in lines],
        PLAN_CASHABLE: ["Cashable" if line.is_cashable else "Non-cashable" for line in lines],
    }
