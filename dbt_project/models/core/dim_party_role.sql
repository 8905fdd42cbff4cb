{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['party_role_sk'],
    on_schema_change='fail',
    indexes=[{'columns': ['party_role_sk'], 'unique': True}, {'columns': ['party_key']}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'carried': ['party_key']}
) }}
{% set account_words = {'contract': 'states.contract', 'account_segment': 'states.segment', 'account_tier': 'states.tier',
    'account_industry': 'states.industry', 'orders': 'states.orders'} %}
{% set person_words = {'person_role': 'persons.role'} %}
-- As whom an account or a person meets the organisation, and when: the rules of config/roles.yml, tried on every state of an account
-- between changes of its record and of its contract, and on what records say of persons. Who is a customer is for the rules to say.
with clock as (
    select coalesce(max(at), {{ end_of_time() }}) as at
    from (
        select max(updated_at) as at from {{ ref('input__persons') }}
        union all
        select max(updated_at) as at from {{ ref('input__accounts') }}
        union all
        select max(updated_at) as at from {{ ref('input__tickets') }}
    ) as clocks
),

moments as (
    select account_key, valid_from as at from {{ ref('dim_account') }}
    union
    select account_key, cast(contract_start_date as timestamp) as at from {{ ref('dim_account') }} where contract_start_date is not null
    union
    select account_key, cast({{ dbt.dateadd('day', 1, 'contract_end_date') }} as timestamp) as at
    from {{ ref('dim_account') }}
    where contract_end_date is not null
),

spans as (
    select
        account_key,
        at as valid_from,
        coalesce(lead(at) over (partition by account_key order by at asc), {{ end_of_time() }}) as valid_to
    from moments
),

orders as (
    select keys.account_key, min(orders.direction) as orders
    from {{ ref('input__partner_orders') }} as orders
    inner join {{ ref('int_identity__account_keys') }} as keys
        on orders.source = keys.source and orders.partner_source_id = keys.source_id
    where not coalesce(orders.is_deleted, false)
    group by keys.account_key
),

states as (
    select
        spans.account_key,
        spans.valid_from,
        spans.valid_to,
        accounts.segment,
        accounts.tier,
        accounts.industry,
        orders.orders,
        case
            when accounts.contract_start_date is null or spans.valid_from < cast(accounts.contract_start_date as timestamp) then 'none'
            when spans.valid_from > cast(accounts.contract_end_date as timestamp) then 'ended'
            else 'in_force'
        end as contract
    from spans
    {{ join_as_of('account', 'accounts', 'spans.account_key', 'spans.valid_from') }}
    left join orders on spans.account_key = orders.account_key
),

persons as (
    select keys.person_key, records.role
    from {{ ref('int_identity__person_keys') }} as keys
    inner join {{ ref('input__persons') }} as records on keys.source = records.source and keys.source_id = records.source_id
),

taken as (
    {% for role in var('config').roles %}
    select
        'account' as party_type,
        states.account_key as party_key,
        {{ quoted(role.id) }} as role,
        {{ quoted(role.value_chain_step) }} as value_chain_step,
        {{ role.get('is_customer', false) }} as is_customer,
        {{ loop.index }} as place,
        states.valid_from,
        states.valid_to
    from states
    where {{ meets_rules(role, account_words) }}
    union all
    select distinct
        'person' as party_type,
        persons.person_key as party_key,
        {{ quoted(role.id) }} as role,
        {{ quoted(role.value_chain_step) }} as value_chain_step,
        {{ role.get('is_customer', false) }} as is_customer,
        {{ loop.index }} as place,
        {{ beginning_of_time() }} as valid_from,
        {{ end_of_time() }} as valid_to
    from persons
    where {{ meets_rules(role, person_words) }}
    union all
    {% endfor %}
    select
        '' as party_type, '' as party_key, '' as role, '' as value_chain_step, false as is_customer, 0 as place,
        {{ beginning_of_time() }} as valid_from, {{ end_of_time() }} as valid_to
    where 1 = 0
),

-- spans that follow each other without a gap are one
begun as (
    select
        taken.*,
        case when valid_from = lag(valid_to) over (partition by party_type, party_key, role order by valid_from asc) then 0 else 1 end as begins
    from taken
),

numbered as (
    select
        begun.*,
        sum(begins) over (
            partition by party_type, party_key, role order by valid_from asc rows between unbounded preceding and current row
        ) as span_number
    from begun
)

select
    {{ surrogate_key('party_role', ['party_type', 'party_key', 'role', 'span_number']) }} as party_role_sk,
    cast(party_type as {{ dbt.type_string() }}) as party_type,
    party_key,
    cast(role as {{ dbt.type_string() }}) as role,
    cast(value_chain_step as {{ dbt.type_string() }}) as value_chain_step,
    is_customer,
    place,
    min(valid_from) as valid_from,
    max(valid_to) as valid_to,
    min(valid_from) <= max(clock.at) and max(valid_to) > max(clock.at) as is_current,
    {{ built_at() }} as _built_at
from numbered
cross join clock
group by party_type, party_key, role, value_chain_step, is_customer, place, span_number
