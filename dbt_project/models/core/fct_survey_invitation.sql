{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'days': ['invited_day'], 'carried': ['survey_invitation_key']}
) }}
-- One invitation to a survey of customers, whether it was answered or not; a response whose invitation nobody tells of is one, too.
with invited as (
    select
        invitations.*,
        coalesce(persons.person_key, by_email.person_key) as person_key,
        accounts.account_key,
        surveys.items_asked
    from {{ ref('input__survey_invitations') }} as invitations
    left join {{ ref('int_identity__person_keys') }} as persons
        on invitations.source = persons.source and invitations.person_source_id = persons.source_id
    left join {{ ref('int_identity__email_keys') }} as by_email on invitations.person_email_token = by_email.email_token
    left join {{ ref('int_identity__account_keys') }} as accounts
        on invitations.source = accounts.source and invitations.account_source_id = accounts.source_id
    left join ({{ surveys() }}) as surveys on invitations.survey_source_id = surveys.survey_id
    where coalesce(invitations.survey_type, 'relationship') <> 'employee'
),

responses as (
    select responses.*, links.invitation_source_id, links.is_quarantined
    from {{ ref('int_voice__responses') }} as responses
    inner join {{ ref('int_voice__invited_responses') }} as links
        on responses.source = links.source and responses.response_id = links.response_id and not links.is_superseded
),

joined as (
    select
        coalesce(invited.source, responses.source) as source,
        coalesce(invited.source_id, responses.invitation_source_id) as source_id,
        responses.response_id,
        coalesce(invited.person_key, responses.person_key) as person_key,
        coalesce(invited.account_key, responses.account_key) as own_account_key,
        coalesce(responses.trigger_source, invited.trigger_source) as trigger_source,
        coalesce(responses.trigger_source_id, invited.trigger_source_id) as trigger_source_id,
        coalesce(invited.survey_name, responses.survey_name, invited.survey_source_id, responses.survey_source_id, 'unknown') as survey,
        coalesce(invited.survey_type, responses.survey_type, 'unknown') as survey_type,
        coalesce(invited.touchpoint, responses.touchpoint, 'unknown') as touchpoint,
        coalesce(responses.channel, invited.channel) as own_channel,
        coalesce(responses.country, invited.country) as own_country,
        coalesce(invited.language, responses.language, 'unknown') as language,
        coalesce(invited.delivery_status, 'unknown') as delivery_status,
        coalesce(invited.invited_at, responses.invited_at) as invited_at,
        invited.opened_at,
        invited.started_at,
        case when responses.is_answered then responses.answered_at end as answered_at,
        {{ dbt.datediff('invited.started_at', 'coalesce(invited.completed_at, responses.answered_at)', 'second') }} < 3 as is_too_quick,
        coalesce(responses.items_asked, invited.items_asked) as items_asked,
        responses.items_answered,
        responses.key_items_answered,
        coalesce(responses.is_complete and responses.is_answered, false) as is_finished,
        coalesce(responses.is_answered, false) as is_answered,
        coalesce(responses.is_quarantined, false) as is_quarantined,
        coalesce(invited.is_deleted, false) or coalesce(responses.is_deleted, false) as is_deleted,
        coalesce(responses.is_test, false) as is_test,
        invited.source_id is not null as is_told,
        greatest(coalesce(invited.loaded_at, responses.loaded_at), coalesce(responses.loaded_at, invited.loaded_at)) as loaded_at
    from invited
    full outer join responses on invited.source = responses.source and invited.source_id = responses.invitation_source_id
),

judged as (
    select
        *,
        {{ surrogate_key('ticket', ['trigger_source', 'trigger_source_id']) }} as ticket_key,
        case
            when is_finished then 'complete'
            when is_answered and key_items_answered > 0 and items_answered >= 0.5 * coalesce(items_asked, items_answered) then 'partial'
            when is_answered or delivery_status in ('started', 'finished') then 'break-off'
            when delivery_status = 'refused' then 'refused'
            when delivery_status = 'bounced' then 'bounced'
            else 'non-contact'
        end as disposition,
        -- A survey that never shows an unanswered invitation does not tell who was asked.
        is_told or max(case when is_answered or is_told then 0 else 1 end) over (partition by source, survey) = 1 as is_invitation_known,
        max(coalesce(answered_at, invited_at)) over () as newest_at
    from joined
)

select
    {{ surrogate_key('survey_invitation', ['judged.source', 'judged.source_id']) }} as survey_invitation_key,
    judged.source,
    judged.source_id,
    {{ surrogate_key('survey_response', ['judged.source', 'judged.response_id']) }} as survey_response_key,
    coalesce(judged.person_key, tickets.person_key) as person_key,
    coalesce(judged.own_account_key, tickets.account_key, persons.account_key) as account_key,
    judged.ticket_key,
    judged.survey,
    judged.survey_type,
    judged.touchpoint,
    coalesce(judged.own_channel, tickets.channel, 'unknown') as channel,
    coalesce(tickets.queue, 'unknown') as queue,
    coalesce(tickets.reason, 'unknown') as reason,
    coalesce(judged.own_country, nullif(accounts.country, 'unknown'), persons.country, 'unknown') as country,
    judged.language,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    judged.delivery_status,
    judged.disposition,
    case judged.disposition
        when 'complete' then '1.1' when 'partial' then '1.2' when 'refused' then '2.11' when 'break-off' then '2.12'
        when 'bounced' then '3.30' else '2.20'
    end as aapor_code,
    judged.invited_at,
    {{ business_day('coalesce(judged.invited_at, judged.answered_at)') }} as invited_day,
    judged.opened_at,
    judged.started_at,
    judged.answered_at,
    cast({{ dbt.datediff('judged.invited_at', 'judged.answered_at', 'minute') }} as bigint) as answer_minutes,
    case when judged.is_answered then judged.is_too_quick end as is_too_quick,
    judged.items_asked,
    judged.items_answered,
    judged.key_items_answered,
    judged.is_answered,
    judged.is_quarantined,
    judged.is_invitation_known,
    judged.is_told,
    coalesce(tickets.is_valid, true) as is_trigger_valid,
    judged.invited_at <= {{ dbt.dateadd('day', -14, 'judged.newest_at') }} as is_matured,
    reasons.reject_reason is null as is_valid,
    reasons.reject_reason,
    judged.loaded_at,
    {{ built_at() }} as _built_at
from judged
inner join (
    select
        source,
        source_id,
        case
            when is_deleted then 'deleted'
            when is_test then 'test'
            when delivery_status = 'not sent' then 'not sent'
            when coalesce(invited_at, answered_at) is null then 'no time'
        end as reject_reason
    from judged
) as reasons
    on judged.source = reasons.source and judged.source_id = reasons.source_id
left join {{ ref('fct_ticket') }} as tickets on judged.ticket_key = tickets.ticket_key
{{ join_as_of('person', 'persons', 'coalesce(judged.person_key, tickets.person_key)', 'coalesce(judged.invited_at, judged.answered_at)') }}
{{ join_as_of('account', 'accounts', 'coalesce(judged.own_account_key, tickets.account_key, persons.account_key)', 'coalesce(judged.invited_at, judged.answered_at)') }}
