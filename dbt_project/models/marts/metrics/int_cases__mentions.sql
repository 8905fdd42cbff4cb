-- What others say in public, of the organisation and of its rivals: the item is the brand, the channel the platform.
with clock as (
    select max(happened_at) as as_of_at
    from {{ ref('fct_mention') }}
    where is_valid
)

select
    mentions.mention_key,
    mentions.account_key,
    mentions.happened_day,
    mentions.happened_at,
    mentions.country,
    mentions.segment,
    mentions.industry,
    mentions.strategic,
    mentions.platform as channel,
    {{ all_of(['queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    mentions.brand as item,
    mentions.brand_role = 'own' as is_own_brand,
    mentions.brand_role in ('own', 'rival') as is_compared,
    mentions.is_repost,
    mentions.sentiment,
    mentions.brand_role = 'own' and mentions.mention_type in ('post', 'review') as is_answerable,
    mentions.replied_at is not null as is_replied,
    mentions.reply_minutes,
    coalesce(mentions.may_be_quoted, false) and mentions.amplified_at <= {{ dbt.dateadd('day', 7, 'mentions.happened_at') }} as is_amplified,
    mentions.happened_at <= {{ dbt.dateadd('day', -7, 'clock.as_of_at') }} as is_week_old,
    mentions.happened_at <= {{ dbt.dateadd('day', -14, 'clock.as_of_at') }} as is_fortnight_old
from {{ ref('fct_mention') }} as mentions
cross join clock
where mentions.is_valid and not mentions.is_own
