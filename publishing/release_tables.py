"""Release tables: what a release says of itself, written after the evidence and in no content hash.

Here belongs the one declaration of their columns, and their rows. Not here: the published tables
that dbt builds (``dbt_project/models``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from expectations.evidence import CheckResult


@dataclass(frozen=True)
class ReleaseColumn:
    """One column: its name, its type, and what it means."""

    name: str
    type: pa.DataType
    description: str
    is_required: bool = True


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
        ReleaseColumn("refreshed_at", pa.timestamp("us"), "When the release was made, UTC."),
        ReleaseColumn("data_as_at", pa.date32(), "The latest as-at date of an accepted return.", is_required=False),
        ReleaseColumn("run_id", pa.string(), "dbt's name of the run that built the tables."),
    ),
)

FCT_CHECK_RESULT = ReleaseTable(
    "fct_check_result",
    "One row a check that was run on this release's tables before they were published.",
    (
        _RELEASE_ID,
        ReleaseColumn("check_name", pa.string(), "The check, as <table>__<sentence>."),
        ReleaseColumn("engine", pa.string(), "Who ran it: dbt or gx (Great Expectations)."),
        ReleaseColumn("table_name", pa.string(), "What it is about."),
        ReleaseColumn("severity", pa.string(), "error: would have stopped publishing; warn: is stated here."),
        ReleaseColumn("status", pa.string(), "pass or fail."),
        ReleaseColumn("observed", pa.string(), "What was seen."),
        ReleaseColumn("failing_keys", pa.string(), "Keys of failing rows, the first few.", is_required=False),
    ),
)

RELEASE_TABLES = (META_LAST_REFRESHED, FCT_CHECK_RESULT)


def release_rows(
    release_id: str, refreshed_at: datetime, data_as_at: date | None, run_id: str, checks: Sequence[CheckResult]
) -> dict[ReleaseTable, pa.Table]:
    """Return every release table with its rows.

    Args:
        release_id: The release.
        refreshed_at: When it is made, with a time zone.
        data_as_at: The latest as-at date of its figures.
        run_id: dbt's name of the run.
        checks: What every check found.
    """
    refreshed = {
        "release_id": release_id,
        "refreshed_at": refreshed_at.astimezone(UTC).replace(tzinfo=None),
        "data_as_at": data_as_at,
        "run_id": run_id,
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
        }
        for check in checks
    ]
    return {
        META_LAST_REFRESHED: META_LAST_REFRESHED.rows([refreshed]),
        FCT_CHECK_RESULT: FCT_CHECK_RESULT.rows(results),
    }
