{{ config(
    enabled='zendesk' in var('sources'),
    meta={'delta': {
        'key': ['ticket_id'],
        'ids': "select '{source}', cast(id as text) from raw_zendesk.satisfaction_ratings where ticket_id in ({touched})",
        'touched_by': {'zendesk.satisfaction_ratings': ['ticket_id']}
    }}
) }}
-- One row a ticket: the last rating given counts; a ticket that was only offered a rating counts as asked.
select
    'zendesk' as source,
    cast(ratings.id as {{ dbt.type_string() }}) as source_id,
    'zendesk_satisfaction' as survey_source_id,
    'Ticket satisfaction' as survey_name,
    'transactional' as survey_type,
    'csat_binary' as measure,
    cast(0 as {{ dbt.type_float() }}) as scale_min,
    cast(1 as {{ dbt.type_float() }}) as scale_max,
    case when ratings.is_answered then cast(case when ratings.score like 'good%' then 1 else 0 end as {{ dbt.type_float() }}) end as score,
    ratings.comment_redacted,
    cast(ratings.requester_id as {{ dbt.type_string() }}) as person_source_id,
    'zendesk' as trigger_source,
    cast(ratings.ticket_id as {{ dbt.type_string() }}) as trigger_source_id,
    'ticket_solved' as touchpoint,
    {{ to_utc('ratings.created_at') }} as invited_at,
    case when ratings.is_answered then {{ to_utc('ratings.updated_at') }} end as answered_at,
    ratings.is_answered as is_complete,
    {{ to_utc('ratings._loaded_at') }} as loaded_at,
    ratings._is_deleted as is_deleted
from (
    select
        *,
        score like 'good%' or score like 'bad%' as is_answered,
        row_number() over (
            partition by ticket_id
            order by case when score like 'good%' or score like 'bad%' then 0 else 1 end, updated_at desc, id desc
        ) as rating_number
    from {{ newest(source('zendesk', 'satisfaction_ratings'), touched=['ticket_id']) }} as newest_ratings
) as ratings
where ratings.rating_number = 1
