"""What two releases differ in: saving by saving, measure by measure, each with its cause (ruling G5).

Here belongs the comparison alone, made from the two databases as they stand. Not here: which releases
are compared (``publishing.release`` compares a new one, ``savings release diff`` any two).

Compared is the same saving, by reference and plan year, under the same directorate in the same period: never by
a key, so that a release of an earlier contract is compared too. What only one of the two has differs by all of it.
Amounts are whole pence here, which pandas adds up exactly.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from dbt_project import candidate as scratch
from sources.lines.line_files import MONEY

if TYPE_CHECKING:
    import pandas as pd

MEASURES = (
    "original_baseline_gbp",
    "baseline_gbp",
    "counted_projected_gbp",
    "achieved_to_date_gbp",
    "deferred_gbp",
    "decided_undeliverable_gbp",
    "unexplained_gbp",
    "over_achieved_gbp",
    "mitigated_gbp",
    "delivered_gbp",
)
# What no return says anything of stands under a directorate and plan year, without a saving (F2).
NOT_REPORTED = "not_reported_gbp"
# A change of the plan says why these differ; any amount, where only one release has the row.
_OF_THE_PLAN = frozenset(
    {"original_baseline_gbp", "baseline_gbp", "counted_projected_gbp", "unexplained_gbp", "over_achieved_gbp"}
)
_OF_A_DECISION = frozenset({"decided_undeliverable_gbp", "unexplained_gbp"})

_SAVING = ["saving_ref", "plan_year", "directorate_code"]
_GRAIN = [*_SAVING, "period_key"]
_DIFFERS_BY = [*_SAVING, "measure", "difference_gbp", "cause", "decision_ref"]

SCHEMA = pa.schema(
    [
        ("saving_ref", pa.string()),
        ("plan_year", pa.string()),
        ("directorate_code", pa.string()),
        ("measure", pa.string()),
        ("from_period_key", pa.int32()),
        ("to_period_key", pa.int32()),
        ("period_count", pa.int32()),
        ("before_gbp", MONEY),
        ("after_gbp", MONEY),
        ("difference_gbp", MONEY),
        ("cause", pa.string()),
        ("submission_id", pa.string()),
        ("decision_ref", pa.string()),
    ]
)

_STANDS = f"""
    select
        line.saving_ref,
        plan_year.financial_year as plan_year,
        directorate.directorate_code,
        position.period_key,
        submission.submission_id,
        submission.return_type = 'Restatement' as is_restated,
        position.is_carried_forward,
        coalesce(position.decision_ref, '') as decision_ref,
        cast(position.baseline_gbp * 100 as bigint) as planned,
        {", ".join(f"cast(coalesce(position.{measure}, 0) * 100 as bigint) as {measure}" for measure in MEASURES)},
        0 as {NOT_REPORTED}
    from marts.fct_savings_position as position
    inner join marts.dim_saving_line as line on position.saving_line_key = line.saving_line_key
    inner join marts.dim_financial_year as plan_year on position.plan_year_key = plan_year.financial_year_key
    inner join marts.dim_directorate as directorate on position.directorate_key = directorate.directorate_key
    inner join marts.dim_submission as submission on position.submission_key = submission.submission_key
    where position.is_current
    union all
    select
        '' as saving_ref,
        plan_year.financial_year as plan_year,
        directorate.directorate_code,
        coverage.period_key,
        coalesce(submission.submission_id, '') as submission_id,
        false as is_restated,
        false as is_carried_forward,
        '' as decision_ref,
        cast(coverage.plan_baseline_gbp * 100 as bigint) as planned,
        {", ".join(f"0 as {measure}" for measure in MEASURES)},
        cast(coverage.not_reported_gbp * 100 as bigint) as {NOT_REPORTED}
    from marts.fct_return_coverage as coverage
    inner join marts.dim_financial_year as plan_year on coverage.plan_year_key = plan_year.financial_year_key
    inner join marts.dim_directorate as directorate on coverage.directorate_key = directorate.directorate_key
    left join marts.dim_submission as submission on coverage.submission_key = submission.submission_key
    where coverage.is_current
"""  # noqa: S608 - put together from this module's own texts


class NotComparableError(Exception):
    """Two databases cannot be compared: one is of a contract that did not have the columns yet, or is damaged."""


def movements(before: Path, after: Path) -> pa.Table:
    """Return every amount in which two releases differ, periods that only one of them has included.

    Args:
        before: The earlier database.
        after: The later one; a candidate will do.

    Returns:
        A row a saving, directorate, measure and run of periods with equal differences of one cause, by ``SCHEMA``;
        before and after are those of the last period of the run.

    Raises:
        NotComparableError: If either cannot be read so.
    """
    beside = _side_by_side(_stands(before), _stands(after))
    runs = _runs(_differences(beside), sorted(beside["period_key"].unique()))
    rows = runs.sort_values([*_SAVING, "measure", "from_period_key"]).to_dict("records")
    return pa.Table.from_pylist([_as_published(row) for row in rows], schema=SCHEMA)


def _stands(database: Path) -> pd.DataFrame:
    try:
        with scratch.read(database) as connection:
            return connection.execute(_STANDS).df()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise NotComparableError(f"{database.parent.name} cannot be compared: {reason}") from error


def _side_by_side(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of both releases, amounts beside each other, with what may be the cause of a difference."""
    both = before.merge(after, how="outer", on=_GRAIN, suffixes=("_before", "_after"), indicator="has")
    amounts = [f"{name}_{side}" for name in (*MEASURES, NOT_REPORTED, "planned") for side in ("before", "after")]
    both[amounts] = both[amounts].fillna(0).astype("int64")
    is_whole = both["has"] != "both"
    for name in ("submission_id", "decision_ref", "is_restated", "is_carried_forward"):
        both[name] = both[f"{name}_after"].where(both["has"] != "left_only", both[f"{name}_before"])
    # Only one of them has a row of a return and a period that both know: the plan let it in, or takes it away.
    is_known = [
        both["submission_id"].isin(each["submission_id"].unique()) & both["period_key"].isin(each["period_key"])
        for each in (before, after)
    ]
    differs = {
        name: both[f"{name}_before"] != both[f"{name}_after"]
        for name in ("planned", "original_baseline_gbp", "decided_undeliverable_gbp", "submission_id")
    }
    is_line = both["saving_ref"] != ""
    stands_twice = both.groupby(["saving_ref", "plan_year", "period_key"])["has"].transform("size") > 1
    both["is_moved"] = is_whole & is_line & stands_twice
    both["is_decided"] = differs["decided_undeliverable_gbp"]
    is_let_in = is_whole & is_line & is_known[0] & is_known[1]
    both["is_planned"] = is_let_in | (~is_whole & (differs["planned"] | differs["original_baseline_gbp"]))
    both["is_of_the_same_return"] = ~is_whole & is_line & ~differs["submission_id"]
    both["is_whole"] = is_whole
    return both


def _differences(both: pd.DataFrame) -> pd.DataFrame:
    """Return each amount that differs, with its cause."""
    import pandas as pd

    found = []
    for measure in (*MEASURES, NOT_REPORTED):
        differing = both[both[f"{measure}_before"] != both[f"{measure}_after"]]
        rows = differing[[*_GRAIN, "submission_id", "decision_ref"]].assign(
            measure=measure,
            before_gbp=differing[f"{measure}_before"],
            after_gbp=differing[f"{measure}_after"],
            difference_gbp=differing[f"{measure}_after"] - differing[f"{measure}_before"],
            cause=_causes(differing, measure),
        )
        found.append(rows.assign(decision_ref=rows["decision_ref"].where(rows["cause"] == "decision", "")))
    return pd.concat(found, ignore_index=True)


def _causes(rows: pd.DataFrame, measure: str) -> pd.Series:
    """Return why each amount differs, the first that applies."""
    is_of_the_plan = measure in _OF_THE_PLAN or measure == NOT_REPORTED
    applies = {
        "moved": rows["is_moved"],
        "decision": rows["is_decided"] & (measure in _OF_A_DECISION),
        "plan change": rows["is_of_the_same_return"] | (rows["is_planned"] & (is_of_the_plan | rows["is_whole"])),
        "restated": rows["is_restated"].astype(bool) & ~rows["is_carried_forward"].astype(bool),
        "carried": rows["is_carried_forward"].astype(bool),
    }
    causes = rows["saving_ref"].map(lambda _: "own figure")
    for cause, where in reversed(applies.items()):
        causes = causes.mask(where, cause)
    return causes


def _runs(differences: pd.DataFrame, periods: list[int]) -> pd.DataFrame:
    """Return differences that are equal in periods one after the other as one row, with what the last of them has."""
    number = {period: place for place, period in enumerate(periods)}
    rows = differences.sort_values("period_key")
    rows["run"] = rows["period_key"].map(number) - rows.groupby(_DIFFERS_BY).cumcount()
    grouped = rows.groupby([*_DIFFERS_BY, "run"], as_index=False)
    return grouped.agg(
        from_period_key=("period_key", "min"),
        to_period_key=("period_key", "max"),
        period_count=("period_key", "size"),
        before_gbp=("before_gbp", "last"),
        after_gbp=("after_gbp", "last"),
        submission_id=("submission_id", "last"),
    )


def _as_published(row: Mapping[Hashable, object]) -> dict[str, object]:
    """Return a row with amounts in pounds, and nothing where there is no text."""
    published = {name: row[name] or None if isinstance(row[name], str) else row[name] for name in SCHEMA.names}
    amounts = ("before_gbp", "after_gbp", "difference_gbp")
    return published | {name: Decimal(int(str(row[name]))).scaleb(-2) for name in amounts}
