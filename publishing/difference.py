"""What moved between two releases: line by line, measure by measure.

Here belongs the comparison alone, made from the two databases as they stand. Not here: which releases
are compared (``release`` compares a new one, ``savings release diff`` any two).

Compared is the same saving, by reference and plan year, in the same period: never by a key, so that a
release of an earlier contract is compared too. A period that only one of the two has is left out: its
figures did not move, they are new.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from dbt_project import candidate as scratch

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

_POSITIONS = f"""
    select
        line.saving_ref,
        plan_year.financial_year as plan_year,
        directorate.directorate_code,
        reporting_year.financial_year as reporting_year,
        period.reporting_period,
        position.period_key,
        submission.submission_id,
        submission.return_type,
        {", ".join(f"position.{measure}" for measure in MEASURES)}
    from marts.fct_savings_position as position
    inner join marts.dim_saving_line as line on position.saving_line_key = line.saving_line_key
    inner join marts.dim_financial_year as plan_year on position.plan_year_key = plan_year.financial_year_key
    inner join marts.dim_financial_year as reporting_year
        on position.reporting_year_key = reporting_year.financial_year_key
    inner join marts.dim_directorate as directorate on position.directorate_key = directorate.directorate_key
    inner join marts.dim_reporting_period as period on position.period_key = period.period_key
    inner join marts.dim_submission as submission on position.submission_key = submission.submission_key
    where position.is_current
"""  # noqa: S608 - put together from this module's own texts

# An amount that is not known and one that is not there are told apart by the reason.
_MOVED = f"""
    with
    earlier as (from earlier_release unpivot include nulls (amount_gbp for measure in ({", ".join(MEASURES)}))),
    later as (from later_release unpivot include nulls (amount_gbp for measure in ({", ".join(MEASURES)}))),
    periods as (
        select distinct period_key from earlier_release
        intersect
        select distinct period_key from later_release
    )
    select
        saving_ref,
        plan_year,
        coalesce(later.directorate_code, earlier.directorate_code) as directorate_code,
        coalesce(later.reporting_year, earlier.reporting_year) as reporting_year,
        coalesce(later.reporting_period, earlier.reporting_period) as reporting_period,
        period_key,
        measure,
        earlier.amount_gbp as before_gbp,
        later.amount_gbp as after_gbp,
        cast(coalesce(later.amount_gbp, 0) - coalesce(earlier.amount_gbp, 0) as decimal(14, 2)) as difference_gbp,
        case
            when earlier.submission_id is null then 'the line came in'
            when later.submission_id is null then 'the line is gone'
            when later.submission_id <> earlier.submission_id then 'a later return: ' || later.return_type
            else 'the same return: plan, decision or another reference datum changed'
        end as reason
    from earlier
    full join later using (saving_ref, plan_year, period_key, measure)
    semi join periods using (period_key)
    where earlier.amount_gbp is distinct from later.amount_gbp
    order by saving_ref, plan_year, period_key, measure
"""  # noqa: S608 - likewise


class NotComparableError(Exception):
    """Two databases cannot be compared: one is of a contract that did not have the columns yet, or is damaged."""


def movements(before: Path, after: Path) -> pa.Table:
    """Return every amount of a line that differs between two releases, in the periods that both have.

    Args:
        before: The earlier database.
        after: The later one; a candidate will do.

    Returns:
        saving_ref, plan_year, directorate_code, reporting_year, reporting_period, period_key, measure,
        before_gbp, after_gbp, difference_gbp (pounds) and reason, in that order of lines.

    Raises:
        NotComparableError: If either cannot be read so.
    """
    with duckdb.connect(config={"python_enable_replacements": False}) as connection:
        connection.register("earlier_release", _positions(before))
        connection.register("later_release", _positions(after))
        return connection.execute(_MOVED).to_arrow_table()


def _positions(database: Path) -> pa.Table:
    try:
        with scratch.read(database) as connection:
            return connection.execute(_POSITIONS).to_arrow_table()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise NotComparableError(f"{database.parent.name} cannot be compared: {reason}") from error
