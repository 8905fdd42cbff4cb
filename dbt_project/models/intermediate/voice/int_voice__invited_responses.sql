-- Which invitation each response belongs to, which response of an invitation counts (the last that is complete, else the last), and
-- whether it falls into the quarantine after another one of the same person. A response without a known invitation is one of its own.
with invitations as (
    select source, survey_source_id, response_source_id, min(source_id) as source_id, min(invited_at) as invited_at
    from {{ ref('input__survey_invitations') }}
    where response_source_id is not null and not coalesce(is_deleted, false)
    group by source, survey_source_id, response_source_id
),

linked as (
    select
        responses.*,
        coalesce(
            invitations.source_id,
            'response:' || case
                when responses.person_key is null then responses.response_id
                else responses.survey_source_id || '|' || responses.person_key || '|' || coalesce(responses.trigger_source_id, '')
                    || '|' || cast(coalesce(responses.invited_at, responses.answered_at) as {{ dbt.type_string() }})
            end
        ) as invitation_source_id,
        invitations.source_id is not null as is_linked,
        coalesce(invitations.invited_at, responses.invited_at, responses.answered_at) as asked_at
    from {{ ref('int_voice__responses') }} as responses
    left join invitations
        on responses.source = invitations.source
        and responses.survey_source_id = invitations.survey_source_id
        and responses.response_source_id = invitations.response_source_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by source, invitation_source_id
            order by case when is_test or is_deleted then 1 else 0 end asc, case when is_complete then 0 else 1 end asc,
                answered_at desc nulls last, response_id asc
        ) as response_number
    from linked
),

counting as (
    select
        source,
        response_id,
        person_key,
        survey_source_id,
        quarantine_days,
        asked_at,
        lag(asked_at) over (partition by source, survey_source_id, person_key order by asked_at, response_id) as asked_before
    from ranked
    where response_number = 1 and is_answered and person_key is not null and quarantine_days > 0 and asked_at is not null
        and not is_test and not is_deleted
),

runs as (
    -- a run: each within the quarantine of the one before; it begins with one that is not
    select
        *,
        max(case
            when asked_before is null or asked_before <= {{ dbt.dateadd('day', '-1 * quarantine_days', 'asked_at') }} then asked_at
        end) over (
            partition by source, survey_source_id, person_key order by asked_at, response_id
            rows between unbounded preceding and current row
        ) as run_began_at
    from counting
),

quarantined as (
    -- of a run the first counts, and in a run that lasts longer the first of each further span
    select
        source,
        response_id,
        row_number() over (
            partition by source, survey_source_id, person_key, run_began_at,
                floor({{ dbt.datediff('run_began_at', 'asked_at', 'day') }} / quarantine_days)
            order by asked_at, response_id
        ) > 1 as is_quarantined
    from runs
)

select
    ranked.source,
    ranked.response_id,
    ranked.invitation_source_id,
    ranked.is_linked,
    ranked.response_number > 1 as is_superseded,
    coalesce(quarantined.is_quarantined, false) as is_quarantined
from ranked
left join quarantined on ranked.source = quarantined.source and ranked.response_id = quarantined.response_id
