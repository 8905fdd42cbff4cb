{{ config(
    enabled='salesforce' in var('sources'),
    meta={'delta': {
        'key': ['opportunity_id'],
        'ids': "select '{source}', 'opportunity:' || id from raw_salesforce.opportunity_history where opportunity_id in ({touched})",
        'touched_by': {'salesforce.opportunity_history': ['opportunity_id'], 'salesforce.opportunities': ['id']}
    }}
) }}
-- Each stage that an opportunity came to; a change of amount or date alone is the same stage again, and is left to raw.
select
    'salesforce' as source,
    'opportunity:' || history.id as source_id,
    'opportunity_stage' as activity_type,
    opportunities.contact_id as person_source_id,
    opportunities.account_id as account_source_id,
    opportunities.owner_id as owner_source_id,
    history.stage_name as stage,
    cast(history.amount as {{ dbt.type_float() }}) as amount,
    history.currency_iso_code as currency,
    case when history.stage_name = 'Closed Won' then 'won' when history.stage_name = 'Closed Lost' then 'lost' end as outcome,
    history.opportunity_id as opportunity_source_id,
    opportunities.type as opportunity_type,
    case history.stage_name when 'Closed Won' then opportunities.win_reason when 'Closed Lost' then opportunities.loss_reason end as reason,
    case when history.stage_name = 'Closed Lost' then opportunities.main_competitors end as competitor,
    {{ to_utc('history.created_at') }} as happened_at,
    {{ to_utc('history._loaded_at') }} as loaded_at,
    history._is_deleted or coalesce(opportunities._is_deleted, false) as is_deleted
from (
    select
        *,
        lag(stage_name) over (partition by opportunity_id order by created_at, id) as stage_before
    from {{ newest(source('salesforce', 'opportunity_history'), touched=['opportunity_id']) }} as newest_history
) as history
left join {{ newest(source('salesforce', 'opportunities'), touched=['id']) }} as opportunities on history.opportunity_id = opportunities.id
where history.stage_before is null or history.stage_before <> history.stage_name
