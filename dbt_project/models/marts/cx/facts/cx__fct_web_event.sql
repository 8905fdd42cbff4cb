{{ config(
    alias='fct_web_event',
    unique_key=['web_event_key'],
    indexes=[{'columns': ['web_event_key'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    pre_hook="{{ want([changed('fct_web_event', [surrogate_key('web_event', ['source', 'source_id'])])]) }}"
) }}
select
    web_event_key,
    source,
    session_key,
    person_key,
    event_type,
    task,
    content_path,
    search_results,
    page_path,
    referrer_type,
    device,
    country,
    is_bot,
    session_duration_seconds,
    happened_at,
    happened_day,
    {{ built_at() }} as _built_at
from {{ ref('fct_web_event') }}
{{ only_rewritten() }}
