{# No two rows of one key hold at the same moment. #}
{% test no_overlapping_spans(model, columns, from_column='known_from_at', to_column='known_to_at') %}

select {{ columns | join(', ') }}, {{ from_column }}
from {{ model }}
qualify lead({{ from_column }}) over (partition by {{ columns | join(', ') }} order by {{ from_column }})
    < coalesce({{ to_column }}, {{ end_of_time() }})

{% endtest %}
