{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['happened_at']}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'days': ['happened_day']}
) }}
-- Something said in public, once: a copy of the same words by the same author on the same day is set aside, a share is marked as one.
with mentions as (
    select
        mentions.*,
        row_number() over (
            partition by mentions.source, mentions.platform, mentions.author_handle_token, mentions.text_redacted, mentions.mention_type,
                mentions.parent_source_id, {{ business_day('mentions.happened_at') }}
            order by mentions.happened_at asc, mentions.source_id asc
        ) as copy_number
    from {{ ref('input__mentions') }} as mentions
),

-- what the company has passed on of what others said
passed_on as (
    select source, parent_source_id as source_id, min(happened_at) as amplified_at
    from {{ ref('input__mentions') }}
    where coalesce(is_own_reply, false) and mention_type = 'share' and parent_source_id is not null and not coalesce(is_deleted, false)
    group by source, parent_source_id
),

known as (
    select
        mentions.*,
        coalesce(by_email.person_key, handles.person_key) as person_key,
        passed_on.amplified_at
    from mentions
    left join {{ ref('int_identity__email_keys') }} as by_email on mentions.person_email_token = by_email.email_token
    left join {{ ref('int_identity__handles') }} as handles
        on mentions.source = handles.source
        and mentions.platform = handles.platform
        and mentions.author_handle_token = handles.author_handle_token
    left join passed_on on mentions.source = passed_on.source and mentions.source_id = passed_on.source_id
)

select
    {{ surrogate_key('mention', ['known.source', 'known.source_id']) }} as mention_key,
    known.source,
    known.source_id,
    {{ surrogate_key('mention', ['known.source', 'known.parent_source_id']) }} as parent_mention_key,
    case when coalesce(known.is_own_reply, false) then null else known.person_key end as person_key,
    accounts.account_key,
    coalesce(known.platform, 'unknown') as platform,
    coalesce(known.mention_type, 'unknown') as mention_type,
    coalesce(known.brand, 'unknown') as brand,
    {{ brand_role('known.brand') }} as brand_role,
    coalesce(known.is_own_reply, false) as is_own,
    coalesce(known.mention_type, '') = 'share' as is_repost,
    coalesce(nullif(accounts.country, 'unknown'), known.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    coalesce(known.language, 'unknown') as language,
    known.text_redacted,
    known.rating,
    known.rating_max,
    case
        when known.rating is null or coalesce(known.rating_max, 0) <= 1 then 'unknown'
        when (known.rating - 1) / (known.rating_max - 1) <= 0.25 then 'negative'
        when (known.rating - 1) / (known.rating_max - 1) >= 0.75 then 'positive'
        else 'neutral'
    end as sentiment,
    known.reach,
    known.likes,
    known.shares,
    known.may_be_quoted,
    known.happened_at,
    {{ business_day('known.happened_at') }} as happened_day,
    known.replied_at,
    {{ minutes_between('known.happened_at', 'known.replied_at') }} as reply_minutes,
    known.amplified_at,
    reasons.reject_reason is null as is_valid,
    reasons.reject_reason,
    known.loaded_at,
    {{ built_at() }} as _built_at
from known
inner join (
    select
        source,
        source_id,
        case
            when coalesce(is_deleted, false) then 'deleted'
            when happened_at is null then 'no time'
            when copy_number > 1 and text_redacted is not null and author_handle_token is not null then 'said twice'
        end as reject_reason
    from mentions
) as reasons
    on known.source = reasons.source and known.source_id = reasons.source_id
{{ join_as_of('person', 'persons', 'known.person_key', 'known.happened_at') }}
{{ join_as_of('account', 'accounts', 'persons.account_key', 'known.happened_at') }}
