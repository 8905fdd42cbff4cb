{{ config(enabled='mentions' in var('sources')) }}
-- One row a mention. The newest version of a deleted one has neither text nor author.
select
    'mentions' as source,
    id as source_id,
    platform,
    mention_type,
    parent_id as parent_source_id,
    brand,
    author_handle_token,
    author_email_token as person_email_token,
    text_redacted,
    language,
    country,
    rating,
    rating_max,
    reach,
    likes,
    shares,
    may_be_quoted,
    coalesce(is_own, false) as is_own_reply,
    page_truncated,
    {{ to_utc('posted_at') }} as happened_at,
    {{ to_utc('replied_at') }} as replied_at,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('mentions', 'mentions')) }} as mentions
