{{ config(enabled='tryton' in var('sources')) }}
-- Each stage that an opportunity was seen in: Tryton's API tells the present one, raw keeps those before.
select
    'tryton' as source,
    'opportunity:' || versions.id || ':' || versions._row_hash as source_id,
    'opportunity_stage' as activity_type,
    cast(versions.party_id as {{ dbt.type_string() }}) as person_source_id,
    cast(versions.party_id as {{ dbt.type_string() }}) as account_source_id,
    cast(versions.employee_id as {{ dbt.type_string() }}) as owner_source_id,
    versions.state as stage,
    cast(versions.amount as {{ dbt.type_float() }}) as amount,
    versions.currency,
    case when versions.state = 'converted' then 'won' when versions.state in ('lost', 'cancelled') then 'lost' end as outcome,
    {{ to_utc('versions.changed_at') }} as happened_at,
    {{ to_utc('greatest(versions._loaded_at, opportunities._loaded_at)') }} as loaded_at,
    opportunities._is_deleted as is_deleted
from (
    select
        *,
        coalesce(write_date, create_date) as changed_at,
        lag(state) over (partition by id order by coalesce(write_date, create_date), _loaded_at) as state_before
    from {{ source('tryton', 'opportunities') }}
    where state is not null and not _is_deleted
) as versions
inner join {{ newest(source('tryton', 'opportunities')) }} as opportunities on versions.id = opportunities.id
where versions.state_before is null or versions.state_before <> versions.state
