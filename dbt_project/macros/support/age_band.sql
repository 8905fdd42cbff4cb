{#- How long a ticket has been open, in the bands by which backlogs are read. -#}
{% macro age_band(days) -%}
    cast(case
        when {{ days }} <= 1 then '0-1'
        when {{ days }} <= 3 then '2-3'
        when {{ days }} <= 7 then '4-7'
        when {{ days }} <= 14 then '8-14'
        else '15+'
    end as {{ dbt.type_string() }})
{%- endmacro %}
