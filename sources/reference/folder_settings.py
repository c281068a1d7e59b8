"""What the settings of a reference folder must be: there, known, typed, and leaving something to measure.

Here belongs what is wrong with ``setting.csv``. Not here: which settings there are (``folder_required``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from sources.reference.folder_cells import NotTypedError, is_open_to_capitals, is_typed, typed
from sources.reference.folder_contract import FieldKind
from sources.reference.folder_lookup import in_row
from sources.reference.folder_problems import Problem
from sources.reference.folder_reader import Tables
from sources.reference.folder_required import SETTINGS

_KNOWN = tuple(setting.name for setting in SETTINGS)
# Shares of a whole, and what a counted pound weighs at the most: above 1 a percentage was meant.
_AT_MOST_ONE = (
    "movement_share",
    "unit_slip_line_share",
    "round_number_share",
    *(f"rag_{rag}_{what}" for rag in ("red", "amber") for what in ("counted_below", "deferred_above")),
    *(f"risk_weight_{rag}" for rag in ("blue", "green", "amber", "red", "grey")),
)
_ABOVE_ZERO, _BELOW_ONE = ("line_limit_gbp", "council_limit_gbp"), ("drop_guard_share",)
# What is Red has passed the limit of Amber: the smaller of the two, and the name of the larger.
_RAG_ORDER = (
    ("rag_red_counted_below", "rag_amber_counted_below"),
    ("rag_amber_deferred_above", "rag_red_deferred_above"),
)


def settings_are_there_and_typed(tables: Tables) -> Iterator[Problem]:
    """Yield each setting that is missing or unknown, and each value that cannot be read.

    What a mistyped name should have changed would stay as it is, unseen: it is said with the name that was meant.
    """
    rows = {row["name"]: row for row in tables["setting"]}
    missing = [setting.name for setting in SETTINGS if setting.name not in rows]
    for row in tables["setting"]:
        if row["name"] not in _KNOWN:
            meant = get_close_matches(row["name"], missing, n=1) or get_close_matches(row["name"], _KNOWN, n=1)
            missing = [name for name in missing if name not in meant]
            remedy = f"Write {meant[0]}, or delete the row" if meant else "Delete the row"
            yield in_row("setting", row, "name", f"'{row['name']}' is not a setting", remedy)
    yield from unreadable_settings(tables, there=set(_KNOWN) - set(missing))


def unreadable_settings(tables: Tables, there: Collection[str] = ()) -> Iterator[Problem]:
    """Yield each setting without which nothing can be judged: missing, unless it is said to be there, or unreadable."""
    rows = {row["name"]: row for row in tables["setting"]}
    for setting in SETTINGS:
        if setting.name not in {*rows, *there} and setting.default is None:
            remedy = f"Add a row with its value, a {setting.kind.value}"
            yield Problem("setting.csv", 0, "name", f"'{setting.name}' is missing", remedy)
        if setting.name in rows:
            try:
                typed(setting.kind, rows[setting.name]["value"])
            except NotTypedError as error:
                yield in_row("setting", rows[setting.name], "value", f"{setting.name}: {error}", error.remedy)


def patterns_are_open_to_capitals(tables: Tables) -> Iterator[Problem]:
    """Yield each pattern that asks for small letters: references are read in capitals, and none would fit."""
    kinds = {setting.name: setting.kind for setting in SETTINGS}
    for row in tables["setting"]:
        if kinds.get(row["name"]) is FieldKind.PATTERN and not is_open_to_capitals(row["value"]):
            what = f"{row['name']}: '{row['value']}' has small letters, and references are read in capitals"
            yield in_row("setting", row, "value", what, "Write them as capitals")


def limits_leave_something(tables: Tables) -> Iterator[Problem]:
    """Yield each number that lets nothing be published, guards nothing, is more than all or leaves no line Amber."""
    numbers = {
        row["name"]: (row, Decimal(row["value"]))
        for row in tables["setting"]
        if is_typed(FieldKind.DECIMAL, row["value"])
    }
    for name, (row, value) in numbers.items():
        if name in _ABOVE_ZERO and value <= 0:
            what, remedy = "lets nothing be published", "Write the pounds that no figure comes near"
        elif name in _BELOW_ONE and not 0 <= value < 1:
            what, remedy = "guards nothing", "Write a share from 0 to below 1, as 0.15"
        elif name in _AT_MOST_ONE and value > 1:
            what, remedy = "is more than 1, which is all", "Write a share from 0 to 1, as 0.1 for a tenth"
        elif name in _KNOWN and value < 0:
            what, remedy = "is negative", "Write it as a positive number"
        else:
            continue
        yield in_row("setting", row, "value", f"{name}: {value} {what}", remedy)
    for smaller, larger in _RAG_ORDER:
        if smaller in numbers and larger in numbers and numbers[smaller][1] > numbers[larger][1]:
            row, value = numbers[smaller]
            what = f"{smaller}: {value} is above {larger}, which is {numbers[larger][1]}: no line would be Amber by it"
            yield in_row("setting", row, "value", what, f"Write {numbers[larger][1]} or less")


def dates_leave_something(tables: Tables) -> Iterator[Problem]:
    """Yield limits of dates and years that every return would break."""
    rows = {row["name"]: row for row in tables["setting"]}
    values = {name: row["value"] for name, row in rows.items()}
    days: dict[str, Any] = {
        name: typed(FieldKind.DATE, text) for name, text in values.items() if is_typed(FieldKind.DATE, text)
    }
    latest = days.get("latest_date")
    for name in ("earliest_date", "earliest_project_date"):
        if latest and name in days and days[name] > latest:
            what = f"{name}: {values[name]} is after latest_date, which is {values['latest_date']}"
            yield in_row("setting", rows[name], "value", what, "Write the first day that a return may name")
    for row in tables["approved_plan"]:
        if row["plan_year"] < values.get("first_plan_year", row["plan_year"]):
            what = f"{row['plan_year']} is before first_plan_year, which is {values['first_plan_year']}"
            yield in_row("approved_plan", row, "plan_year", what, "Correct it, or first_plan_year in setting.csv")
