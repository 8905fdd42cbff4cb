select
    {{ surrogate_key('consent', ['person_key', "'web_analytics'", 'source']) }} as consent_event_key,
    person_key,
    cast('web_analytics' as {{ dbt.type_string() }}) as purpose,
    true as is_granted,
    min(happened_at) as happened_at,
    source
from {{ ref('fct_web_event') }}
where person_key is not null and has_consent
group by person_key, source
