{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['person_key', 'stage'],
    on_schema_change='fail',
    indexes=[{'columns': ['person_key', 'stage'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'days': ['entered_day']}
) }}
-- When each person first came to each stage of the journey, by the rules of config/journey.yml. Computed whole and compared: an event that
-- comes late, changes or goes moves the first entry as a rebuild would.
with met as (
    select
        person_key,
        signal,
        happened_at,
        {% for stage in var('config').stages %}{% for rule in stage.entry %}
        case when {{ meets(rule) }} then row_number() over (partition by person_key, {{ meets(rule) }} order by happened_at) end as rule_{{ stage.position }}_{{ loop.index }},
        {% endfor %}{% endfor %}
        min(case when signal <> 'contract' then happened_at end) over () as seen_from,
        max(happened_at) over () as newest_at
    from {{ ref('int_journey__signals') }}
),

candidates as (
    {% for stage in var('config').stages %}{% set last = loop.last %}{% for rule in stage.entry %}
    select person_key, '{{ stage.id }}' as stage, signal, happened_at, seen_from, newest_at
    from met
    where rule_{{ stage.position }}_{{ loop.index }} = {{ rule.at_least }}
    {{ 'union all' if not (last and loop.last) }}
    {% endfor %}{% else %}
    select person_key, signal as stage, signal, happened_at, seen_from, newest_at from met where 1 = 0
    {% endfor %}
),

entries as (
    select picked.*, stages.position, stages.window_days
    from (
        select candidates.*, row_number() over (partition by person_key, stage order by happened_at asc, signal asc) as entry
        from candidates
    ) as picked
    inner join {{ ref('dim_stage') }} as stages on picked.stage = stages.stage
    where picked.entry = 1
),

followed as (
    select
        entries.*,
        nexts.stage as next_stage,
        following.happened_at as next_entered_at,
        row_number() over (partition by entries.person_key order by entries.happened_at asc, entries.position asc) as entry_number,
        max(entries.position) over (
            partition by entries.person_key order by entries.happened_at asc, entries.position asc rows between unbounded preceding and 1 preceding
        ) as furthest_before,
        {{ dbt.dateadd('day', 'entries.window_days', 'entries.happened_at') }} as due_at
    from entries
    left join {{ ref('dim_stage') }} as nexts on entries.position + 1 = nexts.position
    left join entries as following on entries.person_key = following.person_key and nexts.stage = following.stage
)

select
    followed.person_key,
    cast(followed.stage as {{ dbt.type_string() }}) as stage,
    followed.position,
    persons.account_key,
    cast(followed.signal as {{ dbt.type_string() }}) as signal,
    followed.happened_at as entered_at,
    {{ business_day('followed.happened_at') }} as entered_day,
    followed.entry_number,
    coalesce(followed.furthest_before > followed.position, false) as is_backward,
    followed.next_stage,
    followed.next_entered_at,
    followed.window_days,
    case
        when followed.next_stage is null or followed.next_entered_at < followed.happened_at or followed.happened_at < followed.seen_from then null
        else coalesce(followed.next_entered_at <= followed.due_at, false)
    end as is_converted,
    coalesce(followed.next_entered_at <= followed.due_at, false) or followed.newest_at >= followed.due_at as is_matured,
    case
        when followed.next_stage is null or followed.next_entered_at < followed.happened_at or followed.happened_at < followed.seen_from then null
        else {{ minutes_between('followed.happened_at', 'followed.next_entered_at') }} / 1440
    end as days_to_next,
    coalesce(persons.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    {{ built_at() }} as _built_at
from followed
{{ join_as_of('person', 'persons', 'followed.person_key', 'followed.happened_at') }}
{{ join_as_of('account', 'accounts', 'persons.account_key', 'followed.happened_at') }}
