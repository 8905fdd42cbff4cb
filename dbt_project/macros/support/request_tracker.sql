{#- RT's statuses of the lifecycle it comes with, in the words that facts are made of; a company's own words stay as they are. -#}
{% macro request_tracker_status(column) -%}
    case {{ column }} when 'stalled' then 'pending' when 'resolved' then 'solved' when 'rejected' then 'closed' else {{ column }} end
{%- endmacro %}
