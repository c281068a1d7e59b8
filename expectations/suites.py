"""What a reader may rely on in each published table: the declarations.

Here belong ranges, completeness, row floors, large drops against the current release, and the
reconciliation with printed figures. Not here: what is row by row and arithmetic, keys and relations
(dbt's tests beside the models), and running anything (``run_suites``). Imports no Great
Expectations.

Every suite opens with a floor of rows, since an expectation passes on a table without rows.
"""
# ruff: noqa: S608 - every query here is put together from this module's own texts

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from expectations.reconciliation import K2, K2_FLOOR, K11, K11_FLOOR

# November 2026: a directorate of the bundled council is 17 % of the baseline at the least, so the
# loss of any one is seen; a correction of a few lines is not.
MOST = Decimal("0.85")

# Pounds in pence. November 2026: the largest line of the bundled plan is under £3m, the whole plan
# £10.8m; beyond these a figure was mistyped.
_LINE_LIMIT = 100_000_000_00
_COUNCIL_LIMIT = 1_000_000_000_00


@dataclass(frozen=True)
class Measured:
    """A whole number that the candidate gives when the suite is run.

    Attributes:
        sql: A query of one value over schemas ``raw`` and ``reference``.
    """

    sql: str


@dataclass(frozen=True)
class MostOfRelease:
    """Most of what the current release holds of the suite's table; 0 before the first release.

    Attributes:
        pounds: Columns that are added; rows are counted when there are none.
        less: Columns that are taken off.
    """

    pounds: tuple[str, ...] = ()
    less: tuple[str, ...] = ()


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


# --- how a check is written ---


def pence(expression: str) -> str:
    """Return pounds as whole pence: a frame of data makes floats of decimals, but not of whole numbers."""
    return f"cast(100 * ({expression}) as bigint)"


def _floor(table: str, sql: str, sentence: str = "has_at_least_its_floor_of_rows") -> Check:
    return Check(f"{table}__{sentence}", "ExpectTableRowCountToBeBetween", {"min_value": Measured(sql)})


def _rows_kept(table: str) -> Check:
    name = f"{table}__has_most_rows_of_the_current_release"
    return Check(name, "ExpectTableRowCountToBeBetween", {"min_value": MostOfRelease()})


def _pounds_kept(table: str, column: str, pounds: tuple[str, ...], less: tuple[str, ...] = ()) -> Check:
    name = f"{table}__has_most_pounds_of_the_current_release"
    return Check(name, "ExpectColumnSumToBeBetween", {"column": column, "min_value": MostOfRelease(pounds, less)})


def _range(table: str, sentence: str, column: str, low: int, high: int) -> Check:
    kwargs = {"column": column, "min_value": low, "max_value": high}
    return Check(f"{table}__{sentence}", "ExpectColumnValuesToBeBetween", kwargs)


def _nothing_but_zero(table: str, sentence: str, column: str) -> Check:
    return Check(f"{table}__{sentence}", "ExpectColumnValuesToBeInSet", {"column": column, "value_set": [0]})


# --- floors: every table has at least what it is made of ---


def _in_force(columns: str, table: str) -> str:
    """Return how many different ``columns`` a reference table holds at present."""
    return f"select count(distinct ({columns})) from reference.{table} where known_to_at is null"


def _words(vocabulary: str) -> str:
    return f"select count(*) from reference.vocabulary where known_to_at is null and vocabulary = '{vocabulary}'"


def _accepted(count: str) -> str:
    """Return a count over the lines of accepted returns, those with a quarantined line left out."""
    return f"""
        select {count}
        from raw.savings_line as line
        inner join raw.submission as submission using (submission_id)
        where submission.state = 'accepted' and submission.rows_quarantined = 0"""


FLOORS: Mapping[str, str] = {
    "dim_benefit_type": _words("benefit_type"),
    "dim_directorate": _in_force("directorate_code", "directorate"),
    "dim_financial_year": _in_force("financial_year", "financial_year"),
    "dim_project": _accepted("count(distinct line.project_ref)"),
    "dim_rag": _words("rag"),
    "dim_report": _in_force("report_code", "report"),
    "dim_reporting_period": _in_force("financial_year, reporting_period", "reporting_calendar"),
    "dim_rule": "select count(*) from raw.rule",
    "dim_saving_line": _accepted("count(distinct (line.saving_ref, line.plan_year))"),
    "dim_service": _in_force("service_code", "service"),
    "dim_status": _words("status"),
    "dim_submission": "select count(*) from raw.submission",
    "fct_finding": "select count(*) from raw.finding",
    "fct_published_figure": _in_force("claim_ref, measure, directorate_code", "published_claim"),
    "fct_return_coverage": _accepted("count(distinct (submission_id, line.plan_year))"),
    "fct_submission": "select count(*) from raw.submission",
    "rpt_claim_check": _in_force("claim_ref, measure, directorate_code", "published_claim"),
    "rpt_line_detail": _accepted("least(count(*), 1)"),
}


def _floor_suite(table: str, sql: str) -> Suite:
    return Suite(table, (_floor(table, sql), _rows_kept(table)))


# --- suites of their own ---

POSITION = Suite(
    "fct_savings_position",
    columns={
        "position_key": "position_key",
        "baseline_pence": pence("baseline_gbp"),
        "projected_pence": pence("projected_gbp"),
        "achieved_pence": pence("achieved_to_date_gbp"),
    },
    checks=(
        _floor(
            "fct_savings_position",
            "select coalesce(sum(rows_read - rows_quarantined), 0) from raw.submission where state = 'accepted'",
            "has_every_loaded_line_of_the_ledger",
        ),
        _rows_kept("fct_savings_position"),
        _pounds_kept("fct_savings_position", "baseline_pence", ("baseline_gbp",)),
        _range("fct_savings_position", "baselines_are_plausible", "baseline_pence", 0, _LINE_LIMIT),
        _range("fct_savings_position", "projections_are_plausible", "projected_pence", 0, _LINE_LIMIT),
        _range("fct_savings_position", "achievements_are_plausible", "achieved_pence", 0, _LINE_LIMIT),
        Check(
            "fct_savings_position__nearly_every_line_has_a_forecast",
            "ExpectColumnValuesToNotBeNull",
            {"column": "projected_pence", "mostly": 0.9},
            # Blank means unknown (R18), and early in a year that may be true of many lines: a reader
            # is told, nobody is stopped.
            severity="warn",
        ),
    ),
)

ALLOCATION = Suite(
    "fct_savings_allocation",
    columns={"allocation_key": "allocation_key", "amount_pence": pence("amount_gbp")},
    checks=(
        _floor(
            "fct_savings_allocation",
            _accepted("count(*) filter (where line.baseline_gbp > 0)"),
            "has_a_bucket_for_every_line_with_a_baseline",
        ),
        _rows_kept("fct_savings_allocation"),
        _pounds_kept("fct_savings_allocation", "amount_pence", ("amount_gbp",)),
        _range("fct_savings_allocation", "amounts_are_plausible", "amount_pence", -_LINE_LIMIT, _LINE_LIMIT),
    ),
)

_TABLE_1_ROW = "reporting_year || ' ' || reporting_period || ' ' || directorate_code || ', plan of ' || financial_year"
TABLE_1 = Suite(
    "rpt_cabinet_table_1",
    columns={
        "table_1_row": _TABLE_1_ROW,
        "baseline_pence": pence("baseline_gbp"),
        "reported_pence": pence("baseline_gbp - not_reported_gbp"),
        "projected_pence": f"case when is_incomplete then 0 else {pence('projected_gbp')} end",
    },
    checks=(
        _floor(
            "rpt_cabinet_table_1",
            # A row for each directorate that reported, and a total.
            _accepted(
                "count(distinct (submission.directorate_code, submission.financial_year, submission.reporting_period))"
                " + count(distinct (submission.financial_year, submission.reporting_period))"
            )
            + " and line.cashable = 'Cashable'",
            "has_a_row_for_every_return_and_a_total",
        ),
        _rows_kept("rpt_cabinet_table_1"),
        _pounds_kept("rpt_cabinet_table_1", "reported_pence", ("baseline_gbp",), less=("not_reported_gbp",)),
        _range("rpt_cabinet_table_1", "baselines_are_plausible", "baseline_pence", 0, _COUNCIL_LIMIT),
        Check(
            "rpt_cabinet_table_1__lacks_a_figure_only_where_a_return_is_missing",
            "ExpectColumnValuesToNotBeNull",
            {"column": "projected_pence"},
        ),
    ),
)

PRINTED_TOTALS = Suite(
    "rpt_cabinet_table_1",
    source=K2,
    columns={"compared": "compared", "difference_pence": pence("shown_gbp - printed_gbp")},
    checks=(
        _floor("rpt_cabinet_table_1", K2_FLOOR, "is_compared_with_the_printed_totals"),
        _nothing_but_zero(
            "rpt_cabinet_table_1", "original_baselines_are_the_printed_totals_to_the_penny", "difference_pence"
        ),
    ),
)

SUBMISSION_STATUS = Suite(
    "rpt_submission_status",
    checks=(
        _floor(
            "rpt_submission_status",
            """
            select count(*)
            from reference.expected_return as expected_return
            inner join reference.reporting_calendar as calendar
                on expected_return.financial_year = calendar.financial_year
                and expected_return.from_period <= calendar.reporting_period
            where expected_return.known_to_at is null and calendar.known_to_at is null""",
            "has_a_row_for_every_return_that_is_expected",
        ),
        _rows_kept("rpt_submission_status"),
    ),
)

EXPECTED_RETURNS = Suite(
    "rpt_submission_status",
    source=K11,
    columns={
        "compared": "compared",
        "unaccounted": "expected_count - accounted_count",
        "not_shown_as_accepted": "in_force_count - accepted_count",
    },
    checks=(
        _floor("rpt_submission_status", K11_FLOOR, "is_compared_with_who_is_expected"),
        _nothing_but_zero("rpt_submission_status", "every_expected_directorate_is_in_exactly_one_place", "unaccounted"),
        _nothing_but_zero("rpt_submission_status", "shows_as_accepted_what_is_in_force", "not_shown_as_accepted"),
    ),
)

SUITES: tuple[Suite, ...] = (
    POSITION,
    ALLOCATION,
    TABLE_1,
    PRINTED_TOTALS,
    SUBMISSION_STATUS,
    EXPECTED_RETURNS,
    *(_floor_suite(table, sql) for table, sql in FLOORS.items()),
)
