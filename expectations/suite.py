"""What a suite is, and the few ways in which a check is written.

Here belong the shapes. Not here: what is expected of which table (``suites``), and running it
(``run_suites``).
"""
# ruff: noqa: S608 - every query here is put together from declared names

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

# November 2026: a directorate of the bundled council is 17 % of the baseline at the least, so the
# loss of any one is seen; a correction of a few lines is not.
MOST = Decimal("0.85")

# Facts that keep no past rows.
ALL_ROWS_CURRENT = frozenset({"fct_finding", "fct_published_figure", "fct_submission"})


@dataclass(frozen=True)
class Measured:
    """A whole number that the candidate gives when the suite is run.

    Attributes:
        sql: A query of one value over schemas ``raw`` and ``reference``.
    """

    sql: str


@dataclass(frozen=True)
class MostOfRelease:
    """Most of what the current release holds in the current rows of a fact; 0 before the first release.

    Attributes:
        pounds: The column that is added; rows are counted when there is none.
    """

    pounds: str = ""


@dataclass(frozen=True)
class Check:
    """One expectation.

    Attributes:
        name: ``<table>__<sentence>``.
        expectation: Great Expectations' name of it.
        kwargs: Its arguments; ``Measured`` and ``MostOfRelease`` are worked out when it is run.
        severity: ``error`` unless a reason is written beside it.
    """

    name: str
    expectation: str
    kwargs: Mapping[str, object] = field(default_factory=dict)
    severity: Literal["error", "warn"] = "error"

    @property
    def is_about_a_drop(self) -> bool:
        """Whether it compares with the current release: what a named post may override (F-E19)."""
        return any(isinstance(value, MostOfRelease) for value in self.kwargs.values())


@dataclass(frozen=True)
class Suite:
    """What is expected of one table, or of one query over it.

    Attributes:
        table: The published table.
        checks: The expectations.
        columns: The columns that they look at, by expression; all that is read of the table.
        source: What is read: the table itself unless a query is given.
    """

    table: str
    checks: tuple[Check, ...]
    columns: Mapping[str, str] = field(default_factory=lambda: {"is_row": "true"})
    source: str = ""

    @property
    def sql(self) -> str:
        """Return the query that gives the suite's rows."""
        columns = ", ".join(f"{expression} as {name}" for name, expression in self.columns.items())
        return f"select {columns} from {self.source or f'marts.{self.table}'}"


def pence(expression: str) -> str:
    """Return pounds as whole pence: a frame of data makes floats of decimals, but not of whole numbers."""
    return f"cast(100 * ({expression}) as bigint)"


def floor(table: str, sql: str, sentence: str = "has_at_least_its_floor_of_rows") -> Check:
    """Return a check for at least as many rows as ``sql`` counts in the candidate."""
    return Check(f"{table}__{sentence}", "ExpectTableRowCountToBeBetween", {"min_value": Measured(sql)})


def current_rows(table: str) -> str:
    """Return 1 for a row that holds now, and 0 for one of the past, which a fact with ``is_current`` keeps."""
    return "1" if table in ALL_ROWS_CURRENT else "cast(is_current as integer)"


def current_pence(pounds: str) -> str:
    """Return pounds of rows that hold now, as whole pence."""
    return pence(f"case when is_current then coalesce({pounds}, 0) else 0 end")


def rows_kept(table: str) -> Check:
    """Return a check for most of the current rows of the current release; its suite has ``current_rows``."""
    name = f"{table}__has_most_rows_of_the_current_release"
    return Check(name, "ExpectColumnSumToBeBetween", {"column": "current_rows", "min_value": MostOfRelease()})


def pounds_kept(table: str, pounds: str) -> Check:
    """Return a check for most of the pounds in its current rows; its suite has ``current_pence``."""
    name = f"{table}__has_most_pounds_of_the_current_release"
    return Check(name, "ExpectColumnSumToBeBetween", {"column": "current_pence", "min_value": MostOfRelease(pounds)})


def in_range(table: str, sentence: str, column: str, low: int, high: int) -> Check:
    """Return a check that every value that is there lies between two limits."""
    kwargs = {"column": column, "min_value": low, "max_value": high}
    return Check(f"{table}__{sentence}", "ExpectColumnValuesToBeBetween", kwargs)


def nothing_but_zero(table: str, sentence: str, column: str) -> Check:
    """Return a check that a difference is 0 on every row: tolerance 0."""
    return Check(f"{table}__{sentence}", "ExpectColumnValuesToBeInSet", {"column": column, "value_set": [0]})
