"""What a suite is, and the few ways in which a check is written.

Here belong the shapes. Not here: what is expected of which table (``suites``), and running it
(``run_suites``).
"""
# ruff: noqa: S608 - every query here is put together from declared names

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

WhoActs = Literal["data team", "directorate officer", "finance"]
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}: \S")
_COLUMNS = ("column", "column_A", "column_B")


@dataclass(frozen=True)
class Measured:
    """A whole number that the candidate gives when the suite is run.

    Attributes:
        sql: A query of one value over schemas ``raw`` and ``reference``, or over the past in ``marts``.
    """

    sql: str


@dataclass(frozen=True)
class Members:
    """A set of words that the candidate gives when the suite is run.

    Attributes:
        sql: A query of one column over schemas ``raw`` and ``reference``.
    """

    sql: str


@dataclass(frozen=True)
class MostOfRelease:
    """Most of what the current release holds in the current rows of a fact; 0 before the first release.

    Attributes:
        pounds: The column that is added; rows are counted when there is none.
        by_directorate: Whether each directorate has to keep most of its own: a small one is lost in the sum of all.
    """

    pounds: str = ""
    by_directorate: bool = False


@dataclass(frozen=True)
class OfRelease:
    """A limit that the current release gives: what it holds, times a factor.

    Attributes:
        sql: A query of one value over schema ``marts``.
        times: The factor.
        otherwise: The limit while there is no release, or the release holds nothing of it.
    """

    sql: str
    times: float
    otherwise: float


@dataclass(frozen=True)
class QuartilesOfRelease:
    """Ranges for the quartiles of a column, about those of the current release.

    Attributes:
        sql: A query of the three quartiles over schema ``marts``.
        times: By what a quartile may be multiplied, or divided.
    """

    sql: str
    times: float


@dataclass(frozen=True)
class Check:
    """One expectation.

    Attributes:
        name: ``<table>__<sentence>``.
        expectation: Great Expectations' name of it.
        kwargs: Its arguments; what candidate or release give is worked out when it is run.
        severity: ``error`` stops publishing, ``warn`` is stated.
        who_acts: Who has to act when it fails.
        reason: Of a warning: the day since when, and why it does not stop publishing.
    """

    name: str
    expectation: str
    kwargs: Mapping[str, object] = field(default_factory=dict)
    severity: Literal["error", "warn"] = "error"
    who_acts: WhoActs = "data team"
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse a warning without a dated reason, and a reason of what stops publishing."""
        if (self.severity == "warn") != bool(_DATED.match(self.reason)):
            raise ValueError(f"{self.name}: a warning has a reason that begins with its day, and nothing else has one")

    @property
    def is_about_a_drop(self) -> bool:
        """Whether it compares with the current release: what a named post may override (F-E19)."""
        return any(isinstance(value, MostOfRelease) for value in self.kwargs.values())

    @property
    def columns(self) -> Iterator[str]:
        """Yield the columns that it looks at."""
        yield from (str(self.kwargs[name]) for name in _COLUMNS if name in self.kwargs)
        listed = self.kwargs.get("column_list", ())
        yield from listed if isinstance(listed, tuple) else ()


@dataclass(frozen=True)
class Suite:
    """What is expected of one table, or of one query over it.

    Attributes:
        table: The published table.
        checks: The expectations.
        key: An expression that names a row to whoever has to look for it.
        columns: Columns that are not the table's own, by expression (``_expression`` knows the usual ones).
        source: What is read: the table itself unless a query is given.
    """

    table: str
    checks: tuple[Check, ...]
    key: str = "''"
    columns: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def sql(self) -> str:
        """Return the query that gives the suite's rows: the columns that its checks look at, and no other."""
        names = dict.fromkeys(name for check in self.checks for name in check.columns)
        columns = [f"{self.columns.get(name) or _expression(name)} as {name}" for name in names]
        return f"select {', '.join([f'{self.key} as row_key', *columns])} from {self.source or f'marts.{self.table}'}"


def pence(expression: str) -> str:
    """Return pounds as whole pence: a frame of data makes floats of decimals, but not of whole numbers."""
    return f"cast(100 * ({expression}) as bigint)"


# Rows that a column is restricted to, by the beginning of its name.
_OF_ROWS = {
    "own_": "is_current and not is_carried_forward",
    "current_": "is_current",
    "latest_": "is_latest_period",
}


def _expression(name: str) -> str:
    """Return what gives a column: pence of pounds, days as numbers, of some rows alone; or the column itself."""
    for beginning, condition in _OF_ROWS.items():
        if name.startswith(beginning) and name.endswith("_pence"):
            return f"case when {condition} then {_expression(name.removeprefix(beginning))} end"
    if name.endswith("_pence"):
        return pence(f"{name.removesuffix('_pence')}_gbp")
    if name.endswith("_daynumber"):
        return f"cast(strftime({name.removesuffix('_daynumber')}, '%Y%m%d') as integer)"
    return name


def floor(table: str, sql: str, sentence: str = "has_at_least_its_floor_of_rows") -> Check:
    """Return a check for at least as many rows as ``sql`` counts in the candidate."""
    return Check(f"{table}__{sentence}", "ExpectTableRowCountToBeBetween", {"min_value": Measured(sql)})


def exactly(table: str, sentence: str, sql: str) -> Check:
    """Return a check for as many rows as ``sql`` counts in the candidate, no fewer and no more."""
    return Check(f"{table}__{sentence}", "ExpectTableRowCountToEqual", {"value": Measured(sql)})


def current_rows(table: str) -> str:
    """Return 1 for a row that holds now, and 0 for one of the past, which a fact with ``is_current`` keeps."""
    return "1" if table == "fct_submission" else "cast(is_current as integer)"


def rows_kept(table: str) -> Check:
    """Return a check for most of the current rows of the current release; its suite has ``current_rows``."""
    name = f"{table}__has_most_rows_of_the_current_release"
    return Check(name, "ExpectColumnSumToBeBetween", {"column": "current_rows", "min_value": MostOfRelease()})


def pounds_kept(table: str, pounds: str, *, by_directorate: bool = False) -> Check:
    """Return a check for most of the pounds in its current rows, of each directorate or of all together."""
    name = f"{table}__has_most_pounds_of_the_current_release"
    column = f"current_{pounds.removesuffix('_gbp')}_pence"
    return Check(
        name, "ExpectColumnSumToBeBetween", {"column": column, "min_value": MostOfRelease(pounds, by_directorate)}
    )


def in_range(table: str, sentence: str, column: str, low: int | Measured, high: int | Measured) -> Check:
    """Return a check that every value that is there lies between two limits."""
    kwargs = {"column": column, "min_value": low, "max_value": high}
    expectation = "ExpectColumnValuesToBeBetween"
    return Check(f"{table}__{sentence}", expectation, kwargs, who_acts="directorate officer")


def one_row_per(table: str, *columns: str) -> Check:
    """Return a check that no two rows are alike in the words that a reader tells them apart by."""
    if len(columns) == 1:
        return Check(f"{table}__one_row_per_{columns[0]}", "ExpectColumnValuesToBeUnique", {"column": columns[0]})
    name = f"{table}__grain_is_that_of_its_words"
    return Check(name, "ExpectCompoundColumnsToBeUnique", {"column_list": columns})


def words_of(table: str, sentence: str, column: str, sql: str) -> Check:
    """Return a check that every word that is there is one of a set that the candidate gives."""
    return Check(f"{table}__{sentence}", "ExpectColumnValuesToBeInSet", {"column": column, "value_set": Members(sql)})


def has_all_of(table: str, sentence: str, column: str, sql: str) -> Check:
    """Return a check that every member of a set that the candidate gives is there."""
    kwargs = {"column": column, "value_set": Members(sql)}
    return Check(f"{table}__{sentence}", "ExpectColumnDistinctValuesToContainSet", kwargs)


def sum_is(table: str, sentence: str, column: str, sql: str) -> Check:
    """Return a check that a column adds up to what ``sql`` gives, to the penny."""
    kwargs = {"column": column, "min_value": Measured(sql), "max_value": Measured(sql)}
    return Check(f"{table}__{sentence}", "ExpectColumnSumToBeBetween", kwargs)


def at_least(table: str, sentence: str, larger: str, smaller: str, who_acts: WhoActs, reason: str = "") -> Check:
    """Return a check that of two columns one is never below the other; it warns where a reason is given."""
    kwargs = {"column_A": larger, "column_B": smaller, "or_equal": True, "ignore_row_if": "either_value_is_missing"}
    expectation = "ExpectColumnPairValuesAToBeGreaterThanB"
    severity: Literal["error", "warn"] = "warn" if reason else "error"
    return Check(f"{table}__{sentence}", expectation, kwargs, severity, who_acts, reason)


def same(table: str, sentence: str, one: str, other: str) -> Check:
    """Return a check that two columns have the same value on every row."""
    kwargs = {"column_A": one, "column_B": other, "ignore_row_if": "both_values_are_missing"}
    return Check(f"{table}__{sentence}", "ExpectColumnPairValuesToBeEqual", kwargs)


def nothing_but_zero(table: str, sentence: str, column: str, who_acts: WhoActs = "data team") -> Check:
    """Return a check that a difference is 0 on every row: tolerance 0."""
    kwargs = {"column": column, "value_set": [0]}
    return Check(f"{table}__{sentence}", "ExpectColumnValuesToBeInSet", kwargs, who_acts=who_acts)
