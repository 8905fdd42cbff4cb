-- The person behind a name on a platform: only where some mention of it carries an address that is exactly one person's own. All other
-- names stay nobody's.
select
    mentions.source,
    mentions.platform,
    mentions.author_handle_token,
    min(keys.person_key) as person_key
from {{ ref('input__mentions') }} as mentions
inner join {{ ref('int_identity__email_keys') }} as keys on mentions.person_email_token = keys.email_token
where mentions.author_handle_token is not null and not coalesce(mentions.is_own_reply, false)
group by mentions.source, mentions.platform, mentions.author_handle_token
having count(distinct keys.person_key) = 1
