-- Every row that leaders have supplied by spreadsheet, in every version.
with supplied as (
    select 'promises' as kind, source_id, uploaded_at, uploaded_by, coalesce(is_deleted, false) as is_withdrawn
    from {{ ref('input__gov_promises') }}
    union all
    select 'fivew_items' as kind, source_id, uploaded_at, uploaded_by, coalesce(is_deleted, false) as is_withdrawn
    from {{ ref('input__gov_fivew_items') }}
    union all
    select 'targets' as kind, source_id, uploaded_at, uploaded_by, coalesce(is_deleted, false) as is_withdrawn
    from {{ ref('input__gov_targets') }}
    union all
    select 'decisions' as kind, source_id, uploaded_at, uploaded_by, coalesce(is_deleted, false) as is_withdrawn
    from {{ ref('input__gov_decisions') }}
    union all
    select 'actions' as kind, source_id, uploaded_at, uploaded_by, coalesce(is_deleted, false) as is_withdrawn
    from {{ ref('input__gov_actions') }}
    union all
    select 'forecasts' as kind, source_id, uploaded_at, uploaded_by, coalesce(is_deleted, false) as is_withdrawn
    from {{ ref('input__gov_forecasts') }}
)

select
    cast(kind as {{ dbt.type_string() }}) as kind,
    source_id as row_id,
    uploaded_at,
    uploaded_by,
    cast(row_number() over (partition by kind, source_id order by uploaded_at) as bigint) as version,
    row_number() over (partition by kind, source_id order by uploaded_at desc) = 1 as is_newest,
    is_withdrawn
from supplied
