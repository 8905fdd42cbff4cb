{{ config(enabled='hubspot' in var('sources')) }}
-- Each stage that a deal came to, by the name that the account gives it; the same stage twice in a row is one.
select
    'hubspot' as source,
    'deal:' || history.deal_id || ':' || history.stage_id
    || ':' || cast({{ to_utc('history.entered_at') }} as {{ dbt.type_string() }}) as source_id,
    'opportunity_stage' as activity_type,
    {{ json_first('deals.contacts', 'id') }} as person_source_id,
    {{ json_first('deals.companies', 'id') }} as account_source_id,
    deals.owner_id as owner_source_id,
    coalesce(stages.label, history.stage_id) as stage,
    cast(deals.amount as {{ dbt.type_float() }}) as amount,
    deals.currency,
    case when stages.is_closed and stages.probability = 1 then 'won' when stages.is_closed then 'lost' end as outcome,
    history.deal_id as opportunity_source_id,
    deals.deal_type as opportunity_type,
    case when stages.is_closed and stages.probability = 1 then {{ sales_reason('deals.won_reason_redacted') }}
        when stages.is_closed then {{ sales_reason('deals.lost_reason_redacted') }} end as reason,
    {{ to_utc('history.entered_at') }} as happened_at,
    {{ to_utc('greatest(history._loaded_at, deals._loaded_at)') }} as loaded_at,
    history._is_deleted or coalesce(deals._is_deleted, false) as is_deleted
from (
    select
        *,
        lag(stage_id) over (partition by deal_id order by entered_at, stage_id) as stage_before
    from {{ newest(source('hubspot', 'deal_stages'), key=['deal_id', 'entered_at', 'stage_id']) }} as newest_stages
) as history
left join {{ newest(source('hubspot', 'deals')) }} as deals on history.deal_id = deals.id
left join {{ newest(source('hubspot', 'pipeline_stages'), key=['pipeline_id', 'id']) }} as stages
    on deals.pipeline_id = stages.pipeline_id and history.stage_id = stages.id
where history.stage_before is null or history.stage_before <> history.stage_id
