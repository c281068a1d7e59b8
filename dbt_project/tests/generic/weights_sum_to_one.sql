{# For every row of the parent the weights of the bridge's rows sum to exactly 1. #}
{% test weights_sum_to_one(model, column_name, parent, key) %}

select parent.{{ key }}, sum(bridge.{{ column_name }}) as weights
from {{ parent }} as parent
left join {{ model }} as bridge on parent.{{ key }} = bridge.{{ key }}
group by parent.{{ key }}
having coalesce(sum(bridge.{{ column_name }}), 0) <> 1

{% endtest %}
