{#- The dimensions a metric may be cut by, in the order of every relation that holds them. -#}
{% macro metric_dimensions() -%}
    {{ return(['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason', 'item']) }}
{%- endmacro %}

{#- The dimensions that a kind of case has no value of: every row reads 'all' in them. -#}
{% macro all_of(dimensions) -%}
    {%- for dimension in dimensions %}cast('all' as {{ dbt.type_string() }}) as {{ dimension }}{{ ', ' if not loop.last }}{% endfor -%}
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

{#-
    The days of the periods that a sliced model of cells computes for metrics that are counted together: all, or those in which a case
    changed. Reads the query's `periods` and, where only some are computed, its `dirty`, whose column `name` says of which metric they are.
-#}
{% macro counted_periods(metrics, name='metric') -%}
    {%- if is_incremental() -%}
(
        select periods.*
        from periods
        inner join dirty on periods.grain = dirty.grain and periods.period_start = dirty.period_start
        where dirty.{{ name }} = '{{ metrics[0].metric }}'
    )
    {%- else -%}
periods
    {%- endif -%}
{%- endmacro %}

{#- The beginning of the period before. -#}
{% macro period_before(grain, period_start) -%}
    cast(case {{ grain }}
        when 'week' then {{ dbt.dateadd('day', -7, period_start) }}
        when 'month' then {{ dbt.dateadd('month', -1, period_start) }}
        else {{ dbt.dateadd('month', -3, period_start) }}
    end as date)
{%- endmacro %}

{#- The beginning of the period after. -#}
{% macro period_after(grain, period_start) -%}
    cast(case {{ grain }}
        when 'week' then {{ dbt.dateadd('day', 7, period_start) }}
        when 'month' then {{ dbt.dateadd('month', 1, period_start) }}
        else {{ dbt.dateadd('month', 3, period_start) }}
    end as date)
{%- endmacro %}

{#- Text of a definition as a SQL literal on one line. -#}
{% macro quoted(text) -%}
    '{{ text | string | replace("'", "''") | replace("\n", " ") | trim }}'
{%- endmacro %}

{#- The values of a group's rows that meet a condition and are there, in ascending order, as a list. -#}
{% macro sorted_values(column, condition) -%}
    {{ return(adapter.dispatch('sorted_values')(column, condition)) }}
{%- endmacro %}

{% macro default__sorted_values(column, condition) -%}
    array_agg({{ column }} order by {{ column }}) filter (where ({{ condition }}) and {{ column }} is not null)
{%- endmacro %}

{% macro spark__sorted_values(column, condition) -%}
    sort_array(collect_list(case when {{ condition }} then {{ column }} end))
{%- endmacro %}

{#- Such a list without values. -#}
{% macro no_values() -%}
    {{ return(adapter.dispatch('no_values')()) }}
{%- endmacro %}

{% macro default__no_values() -%}
    cast(null as {{ dbt.type_float() }}[])
{%- endmacro %}

{% macro spark__no_values() -%}
    cast(null as array<double>)
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

{#- A number of 64 bits for a text, to sort and join by instead of it. -#}
{% macro hash_number(text) -%}
    {{ return(adapter.dispatch('hash_number')(text)) }}
{%- endmacro %}

{% macro default__hash_number(text) -%}
    hashtextextended({{ text }}, 0)
{%- endmacro %}

{% macro spark__hash_number(text) -%}
    xxhash64({{ text }})
{%- endmacro %}

{#- A number of 64 bits for everything that a row of a relation holds. -#}
{% macro hash_of_row(alias) -%}
    {{ return(adapter.dispatch('hash_of_row')(alias)) }}
{%- endmacro %}

{% macro default__hash_of_row(alias) -%}
    {{ hash_number('cast(' ~ alias ~ ' as text)') }}
{%- endmacro %}

{% macro spark__hash_of_row(alias) -%}
    xxhash64(to_json(struct({{ alias }}.*)))
{%- endmacro %}

{#- Whether two relations with cells by period have the same one. -#}
{% macro same_cell(left, right) -%}
    {%- for column in ['metric', 'version', 'grain', 'period_start'] + metric_dimensions() %}
    {{ left }}.{{ column }} = {{ right }}.{{ column }}{{ ' and' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Whether two numbers are the same but for a float's noise, or both missing. -#}
{% macro same_number(left, right) -%}
    (({{ left }} is null and {{ right }} is null)
        or coalesce(abs({{ left }} - {{ right }}) <= 0.000000001 * greatest(1, abs({{ left }})), false))
{%- endmacro %}
