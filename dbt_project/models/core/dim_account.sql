{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['account_sk'],
    on_schema_change='fail',
    indexes=[{'columns': ['account_key']}, {'columns': ['account_sk'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'carried': ['account_key']}
) }}
{% set words = ['tier', 'segment', 'industry', 'country', 'strategic'] %}
{% set attributes = ['parent_account_key'] + words + ['contract_start_date', 'contract_end_date'] %}
-- An account as the records behind it have said, from moment to moment: the system that owns the account speaks first, systems that
-- refer to it fill what it leaves out.
with {{ spoken_at_points('int_identity__account_statements', 'account_key') }},

valued as (
    {% for attribute in attributes %}
    select
        account_key,
        at,
        source,
        source_id,
        is_origin,
        has_begun,
        since,
        priority,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as {{ dbt.type_string() }}) as value
    from spoken
    where {{ attribute }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked as (
    select
        account_key,
        at,
        attribute,
        value,
        row_number() over (
            partition by account_key, at, attribute
            order by
                case when is_origin then 0 else 1 end asc,
                case when has_begun then 0 else 1 end asc,
                case when has_begun then since end desc nulls last,
                since asc,
                priority asc,
                source asc,
                source_id asc
        ) as place
    from valued
),

states as (
    select
        points.account_key,
        points.at,
        {% for attribute in attributes %}
        max(case when ranked.attribute = '{{ attribute }}' then ranked.value end) as {{ attribute }}{{ ',' if not loop.last }}
        {% endfor %}
    from points
    left join ranked on points.account_key = ranked.account_key and points.at = ranked.at and ranked.place = 1
    group by points.account_key, points.at
),

{{ periods_of('states', 'account_key', attributes) }},

known as (
    select
        keys.account_key,
        cast(count(*) as bigint) as records,
        max(accounts.updated_at) as updated_at,
        max(accounts.loaded_at) as loaded_at
    from {{ ref('int_identity__account_keys') }} as keys
    inner join {{ ref('input__accounts') }} as accounts on keys.source = accounts.source and keys.source_id = accounts.source_id
    group by keys.account_key
)

select
    {{ surrogate_key('account_version', ['periods.account_key', 'periods.valid_from']) }} as account_sk,
    periods.account_key,
    periods.parent_account_key,
    {% for word in words %}
    coalesce(periods.{{ word }}, 'unknown') as {{ word }},
    {% endfor %}
    cast(periods.contract_start_date as date) as contract_start_date,
    cast(periods.contract_end_date as date) as contract_end_date,
    1 as strategic_rule_version,
    periods.valid_from,
    periods.valid_to,
    periods.is_current,
    known.records,
    known.updated_at,
    known.loaded_at,
    {{ built_at() }} as _built_at
from periods
inner join known on periods.account_key = known.account_key
