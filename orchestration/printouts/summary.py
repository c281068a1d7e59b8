"""What a night came to, read from the release: what is printed at its end, and its ``--json``.

Here belongs what is said. Not here: how it is laid out (``summary_text``), and the figures
themselves: every one is read from a table of the release.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.printouts.said import visible
from publishing.manifest import DATABASE, read_manifest
from publishing.reader import connect

TOTAL = "ALL"
# A file that lay directly in landing came from nobody.
NO_FOLDER = "(no folder)"


@dataclass(frozen=True)
class Arrival:
    """A file that came in, and what became of it.

    Attributes:
        directorate_code: The folder it came from; empty for a file that lay in none.
        file_name: As it landed.
        state: ``accepted``, ``blocked`` and so on.
        findings: How many, by severity (B, H, W, C).
        receipt: Where its receipt lies.
    """

    directorate_code: str
    file_name: str
    state: str
    findings: Mapping[str, int]
    receipt: str


@dataclass(frozen=True)
class Table1Row:
    """One row of Table 1, in pounds; None where nothing is known."""

    directorate_code: str
    directorate_name: str
    baseline_gbp: Decimal
    projected_gbp: Decimal | None
    deferred_gbp: Decimal | None
    undeliverable_gbp: Decimal | None
    unexplained_gbp: Decimal | None
    not_reported_gbp: Decimal
    is_carried_forward: bool
    is_incomplete: bool


@dataclass(frozen=True)
class Table1:
    """Table 1 of one plan year at the latest open period; its total is the last row."""

    plan_year: str
    reporting_year: str
    reporting_period: str
    as_at_date: date
    rows: tuple[Table1Row, ...]

    @property
    def total(self) -> Table1Row:
        """Return the council's row."""
        return self.rows[-1]


@dataclass(frozen=True)
class Mismatch:
    """A printed figure that is not the warehouse's, in its unit."""

    claim_ref: str
    paragraph: str
    printed_text: str
    unit: str
    printed_value: Decimal
    warehouse_value: Decimal
    difference: Decimal
    beyond_rounding: Decimal


@dataclass(frozen=True)
class CheckSeen:
    """A check that did not pass and did not stop publishing."""

    name: str
    severity: str
    status: str
    observed: str


@dataclass(frozen=True)
class Summary:
    """All that is said at the end of a night.

    Attributes:
        arrivals: What came in.
        problems: Why nothing was published; empty when all went well.
        release: The folder of the release that readers have; None before the first.
        is_new: Whether this night published it.
        checks_passed: How many checks passed on it.
        checks_failed: Those that did not.
        table_1: One a plan year, the latest first.
        mismatches: Printed figures that do not match.
        next_steps: What to do now.
        plan_changes: What reference data that it adopted changed in pounds; None if it adopted none.
    """

    arrivals: tuple[Arrival, ...]
    problems: tuple[str, ...]
    release: Path | None
    is_new: bool
    checks_passed: int
    checks_failed: tuple[CheckSeen, ...]
    table_1: tuple[Table1, ...]
    mismatches: tuple[Mismatch, ...]
    next_steps: tuple[str, ...]
    plan_changes: tuple[Mapping[str, str | None], ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the summary for a machine: amounts as texts, dates in ISO."""
        document: dict[str, Any] = _plain(asdict(self))
        return document


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON is any of its kinds
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal | date | Path):
        return str(value)
    return value


def summarise(
    release: Path | None,
    arrivals: Sequence[Arrival] = (),
    problems: Sequence[str] = (),
    *,
    is_new: bool,
    plan_changes: Sequence[Mapping[str, str | None]] | None = None,
) -> Summary:
    """Return what a night came to.

    Args:
        release: The folder of the release that readers have; None before the first.
        arrivals: What came in, in order of receipt.
        problems: Why nothing was published, if so.
        is_new: Whether this night published ``release``.
        plan_changes: What reference data that it adopted changed in pounds; None if it adopted none.
    """
    table_1: tuple[Table1, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    checks: tuple[CheckSeen, ...] = ()
    if release is not None:
        release = release.resolve()
        with connect(release) as connection:
            table_1, mismatches = _table_1(connection), _mismatches(connection)
        checks = tuple(CheckSeen(c.name, c.severity, c.status, c.observed) for c in read_manifest(release).checks)
    failed = tuple(check for check in checks if check.status != "pass")
    steps = [*_about_problems(problems, release), *_about_arrivals(arrivals), *_about_table_1(table_1[:1])]
    steps += [*_about_checks(failed), *_about_mismatches(mismatches), *_about_reading(release)]
    return Summary(
        arrivals=tuple(arrivals),
        problems=tuple(problems),
        release=release,
        is_new=is_new,
        checks_passed=len(checks) - len(failed),
        checks_failed=failed,
        table_1=table_1,
        mismatches=mismatches,
        next_steps=tuple(steps),
        plan_changes=None if plan_changes is None else tuple(plan_changes),
    )


def _table_1(connection: duckdb.DuckDBPyConnection) -> tuple[Table1, ...]:
    rows = connection.execute(
        """
        select
            table_1.plan_year, table_1.reporting_year, table_1.reporting_period, period.as_at_date,
            directorate_code, directorate_name, baseline_gbp, projected_gbp, deferred_gbp, undeliverable_gbp,
            unexplained_gbp, not_reported_gbp, is_carried_forward, is_incomplete
        from marts.rpt_cabinet_table_1 as table_1
        inner join marts.dim_reporting_period as period
            on table_1.reporting_year = period.reporting_year and table_1.reporting_period = period.reporting_period
        qualify rank() over (order by table_1.reporting_year desc, table_1.reporting_period desc) = 1
        order by table_1.plan_year desc, is_total, directorate_name
        """
    ).fetchall()
    by_year = itertools.groupby(rows, key=lambda row: row[:4])
    return tuple(
        Table1(plan_year, reporting_year, period, as_at_date, tuple(Table1Row(*row[4:]) for row in of_year))
        for (plan_year, reporting_year, period, as_at_date), of_year in by_year
    )


def _mismatches(connection: duckdb.DuckDBPyConnection) -> tuple[Mismatch, ...]:
    rows = connection.execute(
        """
        select claim_ref, paragraph, printed_text, unit, printed_value, warehouse_value, difference, beyond_rounding
        from marts.rpt_claim_check
        where verdict = 'NO_MATCH'
        order by sort_order
        """
    ).fetchall()
    return tuple(Mismatch(*row) for row in rows)


# --- what to do next ---


def _about_problems(problems: Sequence[str], release: Path | None) -> Iterator[str]:
    if problems:
        meanwhile = "readers keep the release they have" if release else "there is no release yet"
        yield f"Correct what stopped publishing, then run `savings load` again; {meanwhile}."


def _about_arrivals(arrivals: Sequence[Arrival]) -> Iterator[str]:
    for arrival in arrivals:
        file = f"{visible(arrival.directorate_code) or NO_FOLDER}: {visible(arrival.file_name)}"
        if arrival.state in ("blocked", "refused"):
            tells = "it names every cell" if arrival.state == "blocked" else "it says why"
            yield (
                f"{file} was {arrival.state}, nothing of it is loaded. "
                f"Send its receipt back, {tells}: {visible(arrival.receipt)}"
            )
        elif arrival.state == "held":
            yield f"{file} is held until a post releases or rejects it."


def _about_table_1(latest: Sequence[Table1]) -> Iterator[str]:
    for table in latest:
        directorates = table.rows[:-1]
        if missing := [row.directorate_name for row in directorates if row.is_incomplete]:
            yield f"Chase the return of {' and '.join(missing)} for {table.reporting_period} {table.reporting_year}."
        if unexplained := [row.directorate_name for row in directorates if row.unexplained_gbp]:
            yield (
                f"Ask {' and '.join(unexplained)} where the unexplained pounds are to go: "
                "project, defer, or have them decided undeliverable."
            )


def _about_checks(failed: Sequence[CheckSeen]) -> Iterator[str]:
    if failed:
        yield "Look into the checks that warned; they are in fct_check_result of the release."


def _about_mismatches(mismatches: Sequence[Mismatch]) -> Iterator[str]:
    if mismatches:
        refs = ", ".join(mismatch.claim_ref for mismatch in mismatches)
        yield f"Correct the report's text, or state the basis of: {refs}. Why is in rpt_claim_check."


def _about_reading(release: Path | None) -> Iterator[str]:
    if release is not None:
        yield f"Read it: schema marts of {release / DATABASE}, opened read-only."
