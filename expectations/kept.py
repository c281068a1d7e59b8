"""How much of what the release in force holds of a fact the next one has to keep (ruling E6).

Here belongs the comparison of current rows, and what named decisions since that release account for:
a return that was withdrawn, a change of ``plan_change.csv`` that was put in force. Not here: which
facts and pounds are compared (``suites``), and which release with (``orchestration.checks``).

What a decision touches is set aside on both sides, so that it neither counts as a drop nor makes up
for one. A row that left ``approved_plan.csv`` or ``plan_change.csv`` names no decision: what goes
with it is a drop.
"""
# ruff: noqa: S608 - every query here is put together from declared names

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from typing import Any

import duckdb
import pyarrow as pa

from dbt_project.published import CONTRACT
from expectations.limits import share_of
from expectations.suite import MostOfRelease

ZERO = Decimal(0)
_WITHDRAWN = "select submission_key from marts.fct_submission where state = 'withdrawn'"
_OPEN_PERIODS = "select period_key from intermediate.int_open_period where known_to_at is null"
_LINES_DECIDED = "select distinct saving_ref, plan_year from reference.plan_change where known_from_at > $since"
# The directorates that had or have such a line in their plan, for facts that keep no lines.
_PLANS_DECIDED = f"""
    select distinct line.directorate_code, year.financial_year_key
    from (
        select saving_ref, plan_year, directorate_code from reference.approved_plan
        union all
        select saving_ref, plan_year, directorate_code from reference.plan_change
    ) as line
    inner join ({_LINES_DECIDED}) as decided using (saving_ref, plan_year)
    inner join marts.dim_financial_year as year on line.plan_year = year.financial_year"""

# Whose a row is: who sent the return that gave it; of a row of no return, whom it is about.
_WHOSE = """
    left join marts.fct_submission as submission on fact.submission_key = submission.submission_key
    left join marts.dim_directorate as sender on submission.directorate_key = sender.directorate_key
    left join marts.dim_directorate as about on fact.directorate_key = about.directorate_key"""
_DIRECTORATE = "coalesce(sender.directorate_code, about.directorate_code)"
# Whose pounds they are. A line that has moved is carried from its old owner's return until the new one reports it.
_OWNER = "coalesce(about.directorate_code, sender.directorate_code)"
_LINE = "left join marts.dim_saving_line as line on fact.saving_line_key = line.saving_line_key"

# A fact of these columns keeps what returns said, with its past.
_OF_RETURNS = frozenset({"is_current", "submission_key", "directorate_key", "period_key"})


@dataclass(frozen=True)
class InForce:
    """The release in force, as its facts are compared with a candidate's.

    Attributes:
        release: The release's database.
        candidate: The candidate's.
    """

    release: duckdb.DuckDBPyConnection
    candidate: duckdb.DuckDBPyConnection

    def least(self, table: str, wanted: MostOfRelease) -> int:
        """Return the rows, or the pence, that the candidate has to hold of a fact.

        A release of another contract names its tables in another way: nothing is asked of it.
        """
        if self._published_at is None:
            return 0
        decided = self._decided(table)
        kept = decided.rest_of(self.release, wanted)
        here = decided.rest_of(self.candidate, wanted) if wanted.by_directorate else {}
        # What the candidate would hold if no directorate had less than its most.
        least = sum(max(self._most(kept.get(whose, ZERO)), here.get(whose, ZERO)) for whose in kept | here)
        return int(least + sum(decided.touched_of(self.candidate, wanted).values()))

    def _most(self, amount: Decimal) -> Decimal:
        (share,) = self.candidate.execute(share_of("drop_guard_share")).fetchone() or (ZERO,)
        return ((1 - Decimal(share)) * amount).to_integral_value(ROUND_CEILING)

    def measured(self, sql: str) -> tuple[Any, ...] | None:
        """Return the one row that a query gives of the release; None of a release of another contract."""
        return self.release.execute(sql).fetchone() if self._published_at is not None else None

    @cached_property
    def _published_at(self) -> object:
        """When it was published; None of a release of another contract."""
        row = self.release.execute("select refreshed_at, contract from marts.meta_last_refreshed").fetchone()
        return row[0] if row and row[1] == CONTRACT else None

    def _decided(self, table: str) -> _Decided:
        columns = frozenset(name for (name, *_) in self.release.execute(f"describe marts.{table}").fetchall())
        decided = {
            name: self.candidate.execute(sql, {"since": self._published_at}).to_arrow_table()
            for name, sql in (("decided_line", _LINES_DECIDED), ("decided_plan", _PLANS_DECIDED))
        }
        if columns >= _OF_RETURNS:
            self.release.register("withdrawn", self.candidate.execute(_WITHDRAWN).to_arrow_table())
            self.release.register("open_period", self.candidate.execute(_OPEN_PERIODS).to_arrow_table())
            decided["decided_cell"] = self.release.execute(_cells(table, columns)).to_arrow_table()
        return _Decided(table, columns, decided)


def _cells(table: str, columns: Collection[str]) -> str:
    """Return the periods of a directorate that a withdrawn return shows in, or that were open by it alone."""
    return f"""
        select distinct {_DIRECTORATE}, fact.period_key, {_plan_year(columns)}
        from marts.{table} as fact
        {_WHOSE}
        where fact.is_current and (
            fact.submission_key in (from withdrawn)
            or (
                fact.period_key not in (from open_period)
                and fact.reporting_year_key in (
                    select taken.reporting_year_key from marts.fct_submission as taken
                    where taken.submission_key in (from withdrawn)
                )
            )
        )"""


def _plan_year(columns: Collection[str]) -> str:
    return "fact.plan_year_key" if "plan_year_key" in columns else "0"


@dataclass(frozen=True)
class _Decided:
    """What decisions since the release touch of a fact.

    Attributes:
        table: The fact.
        columns: Its columns.
        decided: By name: lines and plans whose plan was changed; of a fact of returns, the cells too.
    """

    table: str
    columns: frozenset[str]
    decided: Mapping[str, pa.Table]

    def rest_of(self, connection: duckdb.DuckDBPyConnection, wanted: MostOfRelease) -> dict[str, Decimal]:
        """Return what a database holds of the rest, in rows or in pence, by directorate where that is wanted."""
        return self._measured(connection, wanted, "not touched")

    def touched_of(self, connection: duckdb.DuckDBPyConnection, wanted: MostOfRelease) -> dict[str, Decimal]:
        """Return what a database holds of it, in the same way."""
        return self._measured(connection, wanted, "touched")

    def _measured(self, connection: duckdb.DuckDBPyConnection, wanted: MostOfRelease, which: str) -> dict[str, Decimal]:
        amount = f"100 * coalesce({wanted.pounds}, 0)" if wanted.pounds else "1"
        for name, rows in self.decided.items():
            connection.register(name, rows)
        whose = _OWNER if wanted.by_directorate else "''"
        rows_by = connection.execute(f"""
            with measured as (
                select {whose} as whose, {amount} as amount, {self._touched()} as touched
                from marts.{self.table} as fact
                {_WHOSE if self._is_of_returns else ""}
                {_LINE if self._has_lines else ""}
                where {"fact.is_current" if "is_current" in self.columns else "true"}
            )
            select whose, sum(amount) from measured where {which} group by whose""").fetchall()
        return {code: Decimal(amount) for code, amount in rows_by}

    def _touched(self) -> str:
        touched = []
        if self._is_of_returns:
            touched.append(f"({_DIRECTORATE}, fact.period_key, {_plan_year(self.columns)}) in (from decided_cell)")
        if self._has_lines:
            touched.append("(line.saving_ref, line.plan_year) in (from decided_line)")
        elif self._is_of_returns and "plan_year_key" in self.columns:
            touched.append(f"({_DIRECTORATE}, fact.plan_year_key) in (from decided_plan)")
        return " or ".join(f"coalesce({condition}, false)" for condition in touched) or "false"

    @property
    def _is_of_returns(self) -> bool:
        return self.columns >= _OF_RETURNS

    @property
    def _has_lines(self) -> bool:
        return self.columns >= {"is_current", "saving_line_key"}
