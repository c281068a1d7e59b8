-- How a project is shared over themes and over workstreams (R27): up to five codes each, with weights
-- that sum to 1, as intake wrote them (T1:0.600000;T2:0.400000). A project without any is of the
-- member None alone (R41).
with

project as (

    select *
    from {{ ref('int_project_version') }}

),

share_list as (

    select
        project_key,
        'theme' as classification,
        coalesce(theme_code, 'None:1') as shares
    from project
    union all
    select
        project_key,
        'workstream' as classification,
        coalesce(workstream_code, 'None:1') as shares
    from project

),

-- The places that a code may have in a list.
place as (

    {%- for number in range(1, 6) %}
    select {{ number }} as place_no
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

share as (

    select
        share_list.project_key,
        share_list.classification,
        split_part(share_list.shares, ';', place.place_no) as code_and_weight
    from share_list
    cross join place

)

select
    project_key,
    classification,
    cast(split_part(code_and_weight, ':', 2) as decimal(9, 6)) as weight,
    split_part(code_and_weight, ':', 1) as code
from share
where code_and_weight <> ''
