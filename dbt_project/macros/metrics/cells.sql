{#- The dimensions a metric may be cut by, in the order of every relation that holds them. -#}
{% macro metric_dimensions() -%}
    {{ return(['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey']) }}
{%- endmacro %}

{#- The cell a case falls into on one cut of the lattice. -#}
{% macro cell_dimensions(cases, lattice) -%}
    {%- for dimension in metric_dimensions() %}
        case when {{ lattice }}.by_{{ dimension }} then {{ cases }}.{{ dimension }} else 'all' end as {{ dimension }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro dimension_list(prefix='') -%}
    {%- for dimension in metric_dimensions() %}{{ prefix }}{{ dimension }}{{ ', ' if not loop.last }}{% endfor -%}
{%- endmacro %}

{#- Every day with the week, month and quarter it belongs to, one row a grain. -#}
{% macro day_periods() -%}
    {%- for grain in ['week', 'month', 'quarter'] %}
    select day, '{{ grain }}' as grain, {{ grain }}_start as period_start
    from {{ ref('dim_date') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- The beginning of the period before. -#}
{% macro period_before(grain, period_start) -%}
    cast(case {{ grain }}
        when 'week' then {{ dbt.dateadd('day', -7, period_start) }}
        when 'month' then {{ dbt.dateadd('month', -1, period_start) }}
        else {{ dbt.dateadd('month', -3, period_start) }}
    end as date)
{%- endmacro %}

{#- Text of a definition as a SQL literal on one line. -#}
{% macro quoted(text) -%}
    '{{ text | string | replace("'", "''") | replace("\n", " ") | trim }}'
{%- endmacro %}

{#- The values of a group that are there, in ascending order, as a list. -#}
{% macro sorted_values(column) -%}
    {{ return(adapter.dispatch('sorted_values')(column)) }}
{%- endmacro %}

{% macro default__sorted_values(column) -%}
    array_agg({{ column }} order by {{ column }}) filter (where {{ column }} is not null)
{%- endmacro %}

{% macro spark__sorted_values(column) -%}
    sort_array(collect_list({{ column }}))
{%- endmacro %}

{#- The value at a rank (from 1) of such a list; null outside it. -#}
{% macro value_at(values, rank) -%}
    {{ return(adapter.dispatch('value_at')(values, rank)) }}
{%- endmacro %}

{% macro default__value_at(values, rank) -%}
    {{ values }}[cast({{ rank }} as integer)]
{%- endmacro %}

{% macro spark__value_at(values, rank) -%}
    try_element_at({{ values }}, cast({{ rank }} as int))
{%- endmacro %}
