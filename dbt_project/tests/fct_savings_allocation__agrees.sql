-- What fct_savings_allocation has to agree with, beyond its own rows.
{{ config(meta={'dagster': {'ref': {'name': 'fct_savings_allocation'}}}) }}

-- K4: each position's buckets add up to its own amounts, in pence, in every span of knowledge.
select
    rule,
    key,
    value
from (
    with

    allocated as (

        select
            saving_line_key,
            period_key,
            submission_key,
            span_no,
            sum(amount_gbp) filter (where bucket = 'PROJECTED') as projected_gbp,
            sum(amount_gbp) filter (where bucket = 'DEFERRED') as deferred_gbp,
            sum(amount_gbp) filter (where bucket = 'UNDELIVERABLE') as undeliverable_gbp,
            sum(amount_gbp) filter (where bucket = 'UNEXPLAINED') as unexplained_gbp
        from {{ ref('fct_savings_allocation') }}
        group by saving_line_key, period_key, submission_key, span_no

    )

    select {{ breaks(
        'fct_savings_allocation__adds_up_to_the_position',
        ['position.position_key'],
        ['position.baseline_gbp'],
    ) }}
    from {{ ref('fct_savings_position') }} as position
    left join allocated
        on position.saving_line_key = allocated.saving_line_key
        and position.period_key = allocated.period_key
        and position.submission_key = allocated.submission_key
        and position.span_no = allocated.span_no
    where
        position.counted_projected_gbp <> coalesce(allocated.projected_gbp, 0)
        or position.deferred_gbp <> coalesce(allocated.deferred_gbp, 0)
        or position.decided_undeliverable_gbp <> coalesce(allocated.undeliverable_gbp, 0)
        or position.unexplained_gbp <> coalesce(allocated.unexplained_gbp, 0)
) as adds_up_to_the

union all

-- R01: for a return in force and the period that it reports, what is allocated, what is quarantined (R33)
-- and what is another directorate's by a later move (F6) add up to the baseline cells of its file.
select
    rule,
    key,
    value
from (
    with

    in_force as (

        select
            submission.submission_id,
            {{ dimension_key('submission', ['submission.submission_id']) }} as submission_key
        from {{ ref('int_submission_in_force') }} as submission
        inner join {{ ref('int_open_period') }} as open_period on submission.period_key = open_period.period_key
        where submission.known_to_at is null and open_period.known_to_at is null

    ),

    registered as (

        select
            submission_id,
            source_row
        from {{ ref('int_line_registration') }}
        where known_to_at is null and not is_moved

    ),

    filed as (

        select
            in_force.submission_key,
            sum(line.baseline_gbp) as baseline_gbp,
            sum(line.baseline_gbp) filter (where registered.source_row is null) as not_allocated_gbp
        from in_force
        inner join {{ ref('stg_raw__savings_line') }} as line on in_force.submission_id = line.submission_id
        left join registered
            on line.submission_id = registered.submission_id
            and line.source_row = registered.source_row
        group by in_force.submission_key

    ),

    allocated as (

        select
            submission_key,
            sum(amount_gbp) as amount_gbp
        from {{ ref('fct_savings_allocation') }}
        where is_current and not is_carried_forward
        group by submission_key

    )

    select {{ breaks(
        'fct_savings_allocation__and_quarantined_lines_add_up_to_the_baselines_of_each_file',
        ['filed.submission_key'],
        ['filed.baseline_gbp', 'allocated.amount_gbp', 'filed.not_allocated_gbp'],
    ) }}
    from filed
    left join allocated on filed.submission_key = allocated.submission_key
    where filed.baseline_gbp <> coalesce(allocated.amount_gbp, 0) + coalesce(filed.not_allocated_gbp, 0)
) as and_quarantined_lines_add

union all

-- K5: line by line, what was left at the close of a year, plus the change of baseline since, is at the next
-- close either delivered in that year or left again: deferred, undeliverable or unexplained.
select
    rule,
    key,
    value
from (
    with

    own_position as (

        select *
        from {{ ref('fct_savings_position') }}
        where
            is_current
            and coalesce(carried_from_period_key, period_key) = period_key
            and plan_year_key <= reporting_year_key

    ),

    close as (

        select
            *,
            deferred_gbp + decided_undeliverable_gbp + unexplained_gbp as left_gbp
        from own_position
        qualify row_number() over (
            partition by saving_ref, plan_year_key, reporting_year_key
            order by period_key desc
        ) = 1

    ),

    carried_over as (

        select
            saving_line_key,
            period_key,
            reporting_year_key,
            lag(left_gbp) over in_order + baseline_gbp - lag(baseline_gbp) over in_order as to_account_for_gbp
        from close
        window in_order as (
            partition by saving_ref, plan_year_key
            order by reporting_year_key
        )

    ),

    accounted_for as (

        select
            carried_over.saving_line_key,
            carried_over.period_key,
            carried_over.to_account_for_gbp,
            coalesce(sum(allocation.amount_gbp) filter (
                where
                allocation.bucket <> 'PROJECTED'
                or carried_over.reporting_year_key = allocation.delivery_year_key
            ), 0) as accounted_for_gbp
        from carried_over
        left join {{ ref('fct_savings_allocation') }} as allocation
            on carried_over.saving_line_key = allocation.saving_line_key
            and carried_over.period_key = allocation.period_key
            and allocation.is_current
        where carried_over.to_account_for_gbp is not null
        group by carried_over.saving_line_key, carried_over.period_key, carried_over.to_account_for_gbp

    )

    select {{ breaks(
        'fct_savings_allocation__what_was_left_at_a_close_is_accounted_for_at_the_next',
        ['saving_line_key', 'period_key'],
        ['to_account_for_gbp', 'accounted_for_gbp'],
    ) }}
    from accounted_for
    where accounted_for_gbp <> to_account_for_gbp
) as what_was_left_at
