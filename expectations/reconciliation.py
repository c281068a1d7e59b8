"""The reconciliation controls that Great Expectations holds, as queries: K2, K11, and the lines as returned.

Here belong the queries whose rows the suites look at; K2 and K11 start from ledger and reference data,
so that a row which the published table lacks is a difference too. Not here: what is expected of them
(``suites``), the controls of dbt (K4 to K9), and whether a folder's own plan comes to the printed totals
(``sources.reference.folder_plan``).
"""
# ruff: noqa: S608 - every query here is put together from this module's own texts

from __future__ import annotations

# A period is open once a return of it, or of a later one of its year, is in force (R38).
_OPEN_PERIOD = """
open_period as (
    select distinct calendar.financial_year as reporting_year, calendar.reporting_period
    from reference.reporting_calendar as calendar
    inner join raw.submission as submission
        on calendar.financial_year = submission.financial_year
        and calendar.reporting_period <= submission.reporting_period
    where calendar.known_to_at is null and submission.state = 'accepted'
)"""

_EXPECTED = f"""{_OPEN_PERIOD},
expected as (
    select open_period.reporting_year, open_period.reporting_period, expected_return.directorate_code
    from open_period
    inner join reference.expected_return as expected_return
        on open_period.reporting_year = expected_return.financial_year
        and open_period.reporting_period >= expected_return.from_period
        and open_period.reporting_period <= coalesce(expected_return.to_period, open_period.reporting_period)
    where expected_return.known_to_at is null
)"""

# What Move and Delete rows of plan_change.csv do to the printed total of a directorate: a line that
# moved takes its original baseline along, by the last of its moves; one that was deleted has none any more.
_MOVED = """
latest_change as (
    select
        open_period.reporting_year, open_period.reporting_period, plan.directorate_code as from_code,
        plan.plan_year, plan.saving_ref, plan.baseline_gbp,
        bool_or(change.change_type = 'Delete') as is_deleted,
        arg_max(
            change.directorate_code, change.effective_year || change.effective_period || change.change_ref
        ) filter (where change.change_type = 'Move') as to_code
    from open_period
    inner join reference.plan_change as change
        on change.effective_year || change.effective_period
        <= open_period.reporting_year || open_period.reporting_period
    inner join reference.approved_plan as plan
        on change.saving_ref = plan.saving_ref and change.plan_year = plan.plan_year
    where
        plan.known_to_at is null and plan.is_cashable
        and change.known_to_at is null and change.change_type in ('Move', 'Delete')
    group by all
),
moved as (
    select reporting_year, reporting_period, plan_year, from_code as directorate_code, -baseline_gbp as amount_gbp
    from latest_change
    union all
    select reporting_year, reporting_period, plan_year, to_code, baseline_gbp
    from latest_change
    where not is_deleted
),
net_moved as (
    select reporting_year, reporting_period, plan_year, directorate_code, sum(amount_gbp) as amount_gbp
    from moved
    group by all
)"""

# K2. One row for each printed total that Table 1 should show in an open period. A directorate that
# has not reported shows no original baseline, so there is nothing to compare; a row that is missing
# is a difference of the whole total.
K2 = f"""(
    with {_EXPECTED},
    {_MOVED}
    select
        expected.reporting_year || ' ' || expected.reporting_period || ' ' || expected.directorate_code
        || ', plan of ' || printed.plan_year as compared,
        coalesce(table_1.original_baseline_gbp, 0) as shown_gbp,
        printed.baseline_gbp + coalesce(net_moved.amount_gbp, 0) as printed_gbp
    from expected
    inner join reference.printed_plan_total as printed
        on expected.directorate_code = printed.directorate_code
        and printed.plan_year <= expected.reporting_year
    left join marts.rpt_cabinet_table_1 as table_1
        on printed.plan_year = table_1.plan_year
        and expected.reporting_year = table_1.reporting_year
        and expected.reporting_period = table_1.reporting_period
        and expected.directorate_code = table_1.directorate_code
    left join net_moved
        on printed.plan_year = net_moved.plan_year
        and expected.reporting_year = net_moved.reporting_year
        and expected.reporting_period = net_moved.reporting_period
        and expected.directorate_code = net_moved.directorate_code
    where
        printed.known_to_at is null and printed.is_cashable
        -- A plan year that has left the facts (R51) has a row of what is still sent alone, if any.
        and cast(left(expected.reporting_year, 4) as integer) <= cast(left(printed.plan_year, 4) as integer) + (
            select cast(value as integer) from reference.setting where known_to_at is null and name = 'years_kept'
        )
        and (printed.plan_year = expected.reporting_year or table_1.directorate_code is not null)
        and not coalesce(table_1.is_incomplete, false)
)"""

# How many rows K2 has at the least: one for each accepted return of a directorate with a printed total.
K2_FLOOR = """
select count(distinct submission.directorate_code || submission.financial_year || submission.reporting_period)
from raw.submission as submission
inner join reference.printed_plan_total as printed
    on submission.directorate_code = printed.directorate_code and submission.financial_year = printed.plan_year
inner join reference.expected_return as expected_return
    on submission.directorate_code = expected_return.directorate_code
    and submission.financial_year = expected_return.financial_year
    and submission.reporting_period >= expected_return.from_period
    and submission.reporting_period <= coalesce(expected_return.to_period, submission.reporting_period)
where
    submission.state = 'accepted'
    and printed.known_to_at is null and printed.is_cashable
    and expected_return.known_to_at is null"""

# K11. One row for each open period: how many directorates are expected, how many of them the
# submission status puts in exactly one place (a Nil is reported), and how many of them have a return
# in force in the ledger beside those that it shows as accepted. It needs no floor: what the table
# lacks is a difference here.
K11 = f"""(
    with {_EXPECTED},
    in_force as (
        select distinct directorate_code, financial_year, reporting_period
        from raw.submission
        where state = 'accepted'
    )
    select
        expected.reporting_year || ' ' || expected.reporting_period as compared,
        count(distinct expected.directorate_code) as expected_count,
        count(*) filter (where status.state = 'accepted' and not status.is_carried_forward)
        + count(*) filter (where status.state <> 'accepted' and status.is_carried_forward)
        + count(*) filter (where status.state <> 'accepted' and not status.is_carried_forward) as accounted_count,
        count(in_force.directorate_code) as in_force_count,
        count(*) filter (where status.state = 'accepted') as accepted_count
    from expected
    left join in_force
        on expected.directorate_code = in_force.directorate_code
        and expected.reporting_year = in_force.financial_year
        and expected.reporting_period = in_force.reporting_period
    left join marts.rpt_submission_status as status
        on expected.directorate_code = status.directorate_code
        and expected.reporting_year = status.reporting_year
        and expected.reporting_period = status.reporting_period
    group by all
)"""

# One row for each position that holds now, by its directorate's own return of the period: its amounts beside those
# of the row of the sheet that it names. That no row of a return is missing is for dbt's rules (K7).
RETURNED = """(
    select
        position.*,
        submission.submission_id || ' ' || position.source_sheet || ' row ' || position.source_row as cell,
        line.baseline_gbp as baseline_returned_gbp,
        line.projected_gbp as projected_returned_gbp,
        line.achieved_to_date_gbp as achieved_to_date_returned_gbp,
        line.deferred_gbp as deferred_returned_gbp,
        line.undeliverable_gbp as undeliverable_returned_gbp
    from marts.fct_savings_position as position
    inner join marts.dim_submission as submission on position.submission_key = submission.submission_key
    left join raw.savings_line as line
        on submission.submission_id = line.submission_id
        and position.source_row = line.source_row
    where position.is_current and not position.is_carried_forward
)"""
