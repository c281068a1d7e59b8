-- The limits and weights of the derived RAG (R46), shares of the baseline, with the spans in which
-- they were in force: finance may change them.
{%- set limits = [
    'rag_red_counted_below',
    'rag_red_deferred_above',
    'rag_amber_counted_below',
    'rag_amber_deferred_above',
    'risk_weight_blue',
    'risk_weight_green',
    'risk_weight_amber',
    'risk_weight_red',
    'risk_weight_grey',
] %}
with

settings as (

    select *
    from {{ ref('stg_reference__setting') }}
    where setting_name in ('{{ limits | join("', '") }}')

),

pieces as (

    {{ pieces('settings') }}

)

select
    {% for limit in limits %}
    max(cast(settings.setting_value as decimal(9, 6))) filter (where settings.setting_name = '{{ limit }}')
        as {{ limit }},
    {%- endfor %}
    pieces.known_from_at,
    pieces.known_to_at
from pieces
inner join settings on {{ holds_at('settings', 'pieces.known_from_at') }}
group by pieces.known_from_at, pieces.known_to_at
