{#- First and last moment of a history: a version that is the first known begins at the one, the current one ends at the other. -#}
{% macro beginning_of_time() -%}cast('1900-01-01' as timestamp){%- endmacro %}

{% macro end_of_time() -%}cast('9999-12-31' as timestamp){%- endmacro %}

{#-
    Columns `since` and `until` of a version of a record, half-open. The first version that is known speaks for the time before it too:
    its `since` is the record's creation, and `is_first` says that nothing older is known.
-#}
{% macro spoken_period(versions) -%}
    {%- set order = 'partition by ' ~ versions ~ '.source, ' ~ versions ~ '.source_id order by ' ~ versions ~ '.version_at asc nulls first' -%}
    row_number() over ({{ order }}) = 1 as is_first,
    case
        when row_number() over ({{ order }}) = 1 then least(
            coalesce({{ versions }}.created_at, {{ versions }}.version_at, {{ beginning_of_time() }}),
            coalesce({{ versions }}.version_at, {{ versions }}.created_at, {{ beginning_of_time() }})
        )
        else {{ versions }}.version_at
    end as since,
    coalesce(lead({{ versions }}.version_at) over ({{ order }}), {{ end_of_time() }}) as until
{%- endmacro %}

{#-
    Two common table expressions on the statements of records about an entity: `points`, the moments at which any record of it said
    something new, and `spoken`, what each record said at each of them. `has_begun` is false of a record that had not spoken by then.
-#}
{% macro spoken_at_points(statements, key) -%}
points as (
    select {{ key }}, since as at from {{ ref(statements) }}
    union
    select {{ key }}, {{ beginning_of_time() }} as at from {{ ref(statements) }}
),

spoken as (
    select
        points.at,
        statements.since <= points.at as has_begun,
        statements.*
    from points
    inner join {{ ref(statements) }} as statements
        on points.{{ key }} = statements.{{ key }}
        and (statements.is_first or statements.since <= points.at)
        and points.at < statements.until
)
{%- endmacro %}

{#-
    The common table expression `periods`: states of an entity at its points, one row for each run of points with equal `attributes`,
    with `valid_from`, `valid_to` (half-open) and `is_current`.
-#}
{% macro periods_of(states, key, attributes) -%}
told as (
    select
        {{ states }}.*,
        md5(
            {%- for attribute in attributes %}
            coalesce(cast({{ attribute }} as {{ dbt.type_string() }}), '-') || '|'{{ ' ||' if not loop.last }}
            {%- endfor %}
        ) as said
    from {{ states }}
),

changes as (
    select
        told.*,
        lag(said) over (partition by {{ key }} order by at asc) as said_before
    from told
),

periods as (
    select
        changes.*,
        at as valid_from,
        coalesce(lead(at) over (partition by {{ key }} order by at asc), {{ end_of_time() }}) as valid_to,
        lead(at) over (partition by {{ key }} order by at asc) is null as is_current
    from changes
    where said_before is null or said_before <> said
)
{%- endmacro %}

{#-
    Which source's word counts when nothing else decides: the system nearest to the contract first (CRM, support, survey, website).
    A row's `source` may be the system's name without the inbox's domain.
-#}
{% macro source_priority(column) -%}
    case
        {%- for domain in ['crm', 'support', 'survey', 'website'] %}
        {%- set names = [] %}
        {%- for name, of in var('domains').items() if of == domain and not name.startswith('inbox_') %}{% do names.append("'" ~ name ~ "'") %}{% endfor %}
        {%- if names %}
        when {{ column }} in ({{ names | join(', ') }}) then {{ loop.index }}
        {%- endif %}
        {%- endfor %}
        when {{ column }} = 'inbox' then 1
        else 5
    end
{%- endmacro %}
