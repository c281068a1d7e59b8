"""Release tables: what a release says of itself, written after the evidence and in no content hash.

Here belongs the one declaration of their columns, and their rows. Not here: the published tables
that dbt builds (``dbt_project/models``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from dbt_project.published import CONTRACT, PublishedColumn, PublishedTable
from dbt_project.units import unit_of
from expectations.evidence import CheckResult
from sources.lines.line_files import MONEY

_SQL_TYPES = {
    pa.string(): "varchar",
    pa.timestamp("us"): "timestamp",
    pa.date32(): "date",
    pa.int32(): "integer",
    MONEY: "decimal(14,2)",
}
# What descriptions name as their source: rules, checks, claims, controls and findings about the report.
_SOURCES = re.compile(r"\b(?:R\d{2}|D\d{2}|C\d{2}|K\d{1,2}|X\d{2})\b")


@dataclass(frozen=True)
class ReleaseColumn:
    """One column: its name, its type, and what it means."""

    name: str
    type: pa.DataType
    description: str
    is_required: bool = True

    @property
    def data_type(self) -> str:
        """Return its SQL type."""
        return _SQL_TYPES[self.type]

    @property
    def unit(self) -> str:
        """Return its unit, as for every published column."""
        return unit_of(self.name, self.data_type)


@dataclass(frozen=True)
class ReleaseTable:
    """One release table: its name, what a row of it is, and its columns."""

    name: str
    description: str
    columns: tuple[ReleaseColumn, ...]

    @property
    def schema(self) -> pa.Schema:
        """Return its Arrow schema."""
        return pa.schema([pa.field(column.name, column.type, not column.is_required) for column in self.columns])

    def rows(self, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        """Return rows as an Arrow table of its schema."""
        return pa.Table.from_pylist([dict(row) for row in rows], schema=self.schema)


_RELEASE_ID = ReleaseColumn("release_id", pa.string(), "Name of the release, which is also its folder's.")

META_LAST_REFRESHED = ReleaseTable(
    "meta_last_refreshed",
    "One row: which release this is, when it was made, and how far its figures reach.",
    (
        _RELEASE_ID,
        ReleaseColumn(
            "version",
            pa.string(),
            "The contract's number, one more for other content, one more for the same content written again.",
        ),
        ReleaseColumn("council_code", pa.string(), "Code of the council.", is_required=False),
        ReleaseColumn("council_name", pa.string(), "Name of the council.", is_required=False),
        ReleaseColumn("refreshed_at", pa.timestamp("us"), "When the release was made, UTC."),
        ReleaseColumn("data_as_at", pa.date32(), "The latest as-at date of an accepted return.", is_required=False),
        ReleaseColumn("run_id", pa.string(), "dbt's name of the run that built the tables."),
        ReleaseColumn(
            "contract",
            pa.string(),
            "The contract that the tables' names and types follow; they change with it alone.",
        ),
    ),
)

FCT_CHECK_RESULT = ReleaseTable(
    "fct_check_result",
    "One row a check that was run on this release's tables before they were published.",
    (
        _RELEASE_ID,
        ReleaseColumn("check_name", pa.string(), "The check, as <table>__<sentence>."),
        ReleaseColumn("engine", pa.string(), "Who ran it: dbt, gx (Great Expectations), or duckdb for constraints."),
        ReleaseColumn("table_name", pa.string(), "What it is about."),
        ReleaseColumn("severity", pa.string(), "error: would have stopped publishing; warn: is stated here."),
        ReleaseColumn(
            "status", pa.string(), "pass, fail, or overridden: it failed, and a named post let it be published."
        ),
        ReleaseColumn("observed", pa.string(), "What was seen."),
        ReleaseColumn("failing_keys", pa.string(), "Keys of failing rows, the first few.", is_required=False),
        ReleaseColumn("who_acts", pa.string(), "Who acts when it fails: data team, directorate officer or finance."),
        ReleaseColumn(
            "reason",
            pa.string(),
            "Of a check that warns: since which day it does no more than that, and why; null for all others.",
            is_required=False,
        ),
    ),
)

RPT_CHANGE_LOG = ReleaseTable(
    "rpt_change_log",
    "What this release differs in from the one before it, and from the release that each report was tagged with (R15, "
    "G5). One row a release compared with, saving, directorate, measure and run of periods that differ by the same "
    "pounds for the same cause; what only one of the two has differs by all of it. A release that cannot be compared "
    "has one row, which says why.",
    (
        _RELEASE_ID,
        ReleaseColumn("compared_release_id", pa.string(), "The earlier release that this one is compared with."),
        ReleaseColumn(
            "report_code",
            pa.string(),
            "The report that the earlier release was tagged with; null for the release before this one.",
            is_required=False,
        ),
        ReleaseColumn(
            "saving_ref",
            pa.string(),
            "The saving's reference; null for what no return says anything of (not_reported_gbp).",
            is_required=False,
        ),
        ReleaseColumn("plan_year", pa.string(), "The saving's plan year, as 2026/27.", is_required=False),
        ReleaseColumn("directorate_code", pa.string(), "The directorate whose figure differs.", is_required=False),
        ReleaseColumn(
            "measure",
            pa.string(),
            "A column of fct_savings_position, or not_reported_gbp of fct_return_coverage. Name one: sums over several "
            "mean nothing.",
            is_required=False,
        ),
        ReleaseColumn("from_period_key", pa.int32(), "The first period of the run, 202106.", is_required=False),
        ReleaseColumn("to_period_key", pa.int32(), "The last period of the run.", is_required=False),
        ReleaseColumn("period_count", pa.int32(), "How many periods the run has.", is_required=False),
        ReleaseColumn(
            "before_gbp", MONEY, "Pounds; in the earlier release, in the last period of the run.", is_required=False
        ),
        ReleaseColumn("after_gbp", MONEY, "Pounds; in this release, in that period.", is_required=False),
        ReleaseColumn(
            "difference_gbp",
            MONEY,
            "Pounds; after less before, in each period of the run; what is not there counts 0.",
            is_required=False,
        ),
        ReleaseColumn(
            "cause",
            pa.string(),
            "Why, the first that applies: moved, decision, plan change, restated, carried, own figure. Or that the two "
            "are not comparable.",
        ),
        ReleaseColumn(
            "submission_id",
            pa.string(),
            "The return that this release's figure stands on; where it is gone, the earlier release's.",
            is_required=False,
        ),
        ReleaseColumn("decision_ref", pa.string(), "The decision, where that is the cause.", is_required=False),
        ReleaseColumn("reason", pa.string(), "Why the two cannot be compared; else null.", is_required=False),
    ),
)

META_DATA_DICTIONARY = ReleaseTable(
    "meta_data_dictionary",
    "One row a column of every table in this release, these rows' own included.",
    (
        ReleaseColumn("table_name", pa.string(), "The table."),
        ReleaseColumn("column_name", pa.string(), "The column."),
        ReleaseColumn("data_type", pa.string(), "Its SQL type."),
        ReleaseColumn(
            "unit",
            pa.string(),
            "pounds, UTC (a moment), day, count, ratio, months, or what the column declares; none for keys, codes, "
            "words and flags.",
        ),
        ReleaseColumn("description", pa.string(), "What it means."),
        ReleaseColumn(
            "source",
            pa.string(),
            "The rules, checks and claims that its description names, else those that its table's does; null where "
            "neither names any.",
            is_required=False,
        ),
        ReleaseColumn(
            "comes_from",
            pa.string(),
            "The columns of returns (raw) and of the council's lists (reference) that its values are made of; null "
            "of keys, where it is made of none, as a count is, or where the code was not parsed when it was installed.",
            is_required=False,
        ),
    ),
)

RELEASE_TABLES = (META_LAST_REFRESHED, FCT_CHECK_RESULT, RPT_CHANGE_LOG, META_DATA_DICTIONARY)


@dataclass(frozen=True)
class Council:
    """Whose a release is.

    Attributes:
        code: Part of every key; empty where the reference data does not say.
        name: As pages give it; empty in the same case.
    """

    code: str = ""
    name: str = ""


@dataclass(frozen=True)
class Compared:
    """An earlier release and how this one differs from it.

    Attributes:
        release_id: The earlier one.
        report_code: The report that it was tagged with; None for the release before this one.
        movements: As ``difference.movements`` gives them, or one row with the reason why there are none.
    """

    release_id: str
    report_code: str | None
    movements: Sequence[Mapping[str, Any]]


def release_rows(
    release_id: str,
    version: str,
    council: Council,
    refreshed_at: datetime,
    data_as_at: date | None,
    run_id: str,
    checks: Sequence[CheckResult],
    compared: Sequence[Compared],
    tables: Sequence[PublishedTable],
) -> dict[ReleaseTable, pa.Table]:
    """Return every release table with its rows.

    Args:
        release_id: The release.
        version: Its version.
        council: Whose it is.
        refreshed_at: When it is made, with a time zone.
        data_as_at: The latest as-at date of its figures.
        run_id: dbt's name of the run.
        checks: What every check found.
        compared: The earlier releases that it is compared with.
        tables: The published tables that stand beside these.
    """
    refreshed = {
        "release_id": release_id,
        "version": version,
        "council_code": council.code or None,
        "council_name": council.name or None,
        "refreshed_at": refreshed_at.astimezone(UTC).replace(tzinfo=None),
        "data_as_at": data_as_at,
        "run_id": run_id,
        "contract": CONTRACT,
    }
    results = [
        {
            "release_id": release_id,
            "check_name": check.name,
            "engine": check.engine,
            "table_name": check.table,
            "severity": check.severity,
            "status": check.status,
            "observed": check.observed,
            "failing_keys": "; ".join(check.failing_keys) or None,
            "who_acts": check.who_acts,
            "reason": check.reason or None,
        }
        for check in checks
    ]
    changes = [
        {
            "release_id": release_id,
            "compared_release_id": earlier.release_id,
            "report_code": earlier.report_code,
            **movement,
        }
        for earlier in compared
        for movement in earlier.movements
    ]
    return {
        META_LAST_REFRESHED: META_LAST_REFRESHED.rows([refreshed]),
        FCT_CHECK_RESULT: FCT_CHECK_RESULT.rows(results),
        RPT_CHANGE_LOG: RPT_CHANGE_LOG.rows(changes),
        META_DATA_DICTIONARY: META_DATA_DICTIONARY.rows(_dictionary(tables)),
    }


def _dictionary(tables: Sequence[PublishedTable]) -> list[dict[str, str | None]]:
    every: list[PublishedTable | ReleaseTable] = [*tables, *RELEASE_TABLES]
    return [
        {
            "table_name": table.name,
            "column_name": column.name,
            "data_type": column.data_type,
            "unit": column.unit,
            "description": column.description,
            "source": _sources(column.description) or _sources(table.description),
            "comes_from": ", ".join(column.comes_from) or None if isinstance(column, PublishedColumn) else None,
        }
        for table in every
        for column in table.columns
    ]


def _sources(description: str) -> str | None:
    return ", ".join(dict.fromkeys(_SOURCES.findall(description))) or None
