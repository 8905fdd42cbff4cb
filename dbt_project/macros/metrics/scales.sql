{#- Hyperbolic tangent, the way back from Fisher's z to a correlation; null stays null. -#}
{% macro tanh(column) -%}
    (exp(2 * ({{ column }})) - 1) / (exp(2 * ({{ column }})) + 1)
{%- endmacro %}

{#- A value between a bad and a good end as a share of the way; without ends it is a share, turned round where lower is better. -#}
{% macro as_share(value, direction, good, bad) -%}
    case
        when {{ value }} is null then null
        when {{ good }} is not null and {{ bad }} is not null then least(greatest(({{ value }} - {{ bad }}) / nullif({{ good }} - {{ bad }}, 0), 0), 1)
        when {{ direction }} = 'lower' then 1 - {{ value }}
        else {{ value }}
    end
{%- endmacro %}

{#- Whether the value of the dimension that `cut_by` names is one of a list written with commas. -#}
{% macro listed(values, cut_by, parts, cuts) -%}
    coalesce((', ' || {{ values }} || ',') like ('%, ' || case {{ cut_by }}
        {%- for cut in cuts %} when '{{ cut }}' then {{ parts }}.{{ cut }}{% endfor %} end || ',%'), false)
{%- endmacro %}
