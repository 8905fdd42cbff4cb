{#- Zendesk's metrics of a service level agreement, in the words that facts are made of. Events know replies, of which the first is the first reply. -#}
{% macro zendesk_sla_metric(column, instance='1') -%}
    case
        when {{ column }} = 'first_reply_time' or ({{ column }} = 'reply_time' and {{ instance }} = 1) then 'first_reply'
        when {{ column }} in ('next_reply_time', 'reply_time') then 'next_reply'
        when {{ column }} = 'requester_wait_time' then 'requester_wait'
        when {{ column }} = 'agent_work_time' then 'agent_work'
        when {{ column }} = 'total_resolution_time' then 'resolution'
        else {{ column }}
    end
{%- endmacro %}
