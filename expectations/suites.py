"""What a reader may rely on in each published table: the suites.

Here belongs what each suite is made of: rows or members, grain, what stays of the current release, and
figures; and the controls that look at a query rather than at a table. Not here: those declarations
(``floors``, ``words``, ``figures``, ``reconciliation``), keys, relations and arithmetic (dbt's rules
beside the models), and running anything (``run_suites``). Imports no Great Expectations.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.figures import COLUMNS, FIGURES, sums_of
from expectations.floors import EXACTLY, FLOORS
from expectations.reconciliation import K2, K2_FLOOR, K11, RETURNED
from expectations.suite import (
    Check,
    Suite,
    current_rows,
    exactly,
    floor,
    has_all_of,
    nothing_but_zero,
    one_row_per,
    pence,
    pounds_kept,
    rows_kept,
    same,
)
from expectations.words import GRAIN, MEMBERS

# Facts of their own pounds that can fall; what is lost of the others shows in their rows.
_POUNDS_OF = {
    "fct_investment": "approved_gbp",
    "fct_pipeline": "likely_gbp",
    "fct_savings_allocation": "amount_gbp",
    "fct_savings_position": "baseline_gbp",
}
# Facts that get fewer rows by what somebody decides: findings are those of the last verdicts (R53), claims those of
# the list that a post adopts (ruling D-1).
_MAY_GET_FEWER = frozenset({"fct_finding", "fct_published_figure"})
# Where a directorate's pounds fall by decisions alone. Elsewhere one of few rows may be put right.
_BY_DIRECTORATE = frozenset({"fct_savings_position"})


# By what a row of a fact is named to whoever has to look for it.
_KEY_OF = {
    "fct_investment": "concat_ws(' ', fund_ref, period_key)",
    "fct_pipeline": "concat_ws(' ', idea_ref, period_key)",
    "fct_savings_allocation": "concat_ws(' ', saving_ref, plan_year, period_key, bucket)",
    "fct_savings_position": "concat_ws(' ', saving_ref, plan_year, period_key)",
}


def _suite_of(table: str) -> Suite:
    """Return the suite of a table: its rows or members first, then its grain, then what is said of it alone."""
    grain = GRAIN.get(table, ())
    columns = dict(COLUMNS.get(table, {}))
    keeps_rows = table.startswith("fct_") and table not in _MAY_GET_FEWER
    if keeps_rows:
        columns["current_rows"] = current_rows(table)
    named_by = [column.removesuffix("_daynumber") for column in grain]
    return Suite(
        table,
        checks=(
            _what_is_there(table),
            *([one_row_per(table, *grain)] if grain else []),
            *([rows_kept(table)] if keeps_rows else []),
            *_pounds_kept(table),
            *sums_of(table),
            *FIGURES.get(table, ()),
        ),
        key=f"concat_ws(' ', {', '.join(named_by)})" if named_by else _KEY_OF.get(table, "''"),
        columns=columns,
    )


def _pounds_kept(table: str) -> Iterator[Check]:
    if table in _POUNDS_OF:
        yield pounds_kept(table, _POUNDS_OF[table], by_directorate=table in _BY_DIRECTORATE)


def _what_is_there(table: str) -> Check:
    """Return what a suite opens with, since an expectation passes on a table without rows."""
    if table in MEMBERS:
        return has_all_of(table, "has_every_member_in_force", *MEMBERS[table])
    if table in EXACTLY:
        return exactly(table, "has_a_row_for_each_that_was_received", EXACTLY[table])
    return floor(table, FLOORS[table])


PRINTED_TOTALS = Suite(
    "rpt_cabinet_table_1",
    source=K2,
    key="compared",
    columns={"difference_pence": pence("shown_gbp - printed_gbp")},
    checks=(
        floor("rpt_cabinet_table_1", K2_FLOOR, "is_compared_with_the_printed_totals"),
        nothing_but_zero(
            "rpt_cabinet_table_1",
            "original_baselines_are_the_printed_totals_to_the_penny",
            "difference_pence",
            "finance",
        ),
    ),
)

EXPECTED_RETURNS = Suite(
    "rpt_submission_status",
    source=K11,
    key="compared",
    columns={
        "unaccounted": "expected_count - accounted_count",
        "not_shown_as_accepted": "in_force_count - accepted_count",
    },
    checks=(
        nothing_but_zero("rpt_submission_status", "every_expected_directorate_is_in_exactly_one_place", "unaccounted"),
        nothing_but_zero("rpt_submission_status", "shows_as_accepted_what_is_in_force", "not_shown_as_accepted"),
    ),
)

# Every pound leads back to one cell: what a line holds for the period of its own return is what that return says.
_AMOUNTS = ("baseline", "projected", "achieved_to_date", "deferred", "undeliverable")
RETURNED_LINES = Suite(
    "fct_savings_position",
    source=RETURNED,
    key="cell",
    checks=tuple(
        same("fct_savings_position", f"{amount}_is_what_the_return_says", f"{amount}_pence", f"{amount}_returned")
        for amount in _AMOUNTS
    ),
    columns={
        name: f"coalesce({pence(expression)}, -1)"
        for amount in _AMOUNTS
        for name, expression in (
            (f"{amount}_pence", f"{amount}_gbp"),
            (f"{amount}_returned", f"{amount}_returned_gbp"),
        )
    },
)

SUITES: tuple[Suite, ...] = (
    *(_suite_of(table) for table in sorted([*MEMBERS, *EXACTLY, *FLOORS])),
    PRINTED_TOTALS,
    EXPECTED_RETURNS,
    RETURNED_LINES,
)
