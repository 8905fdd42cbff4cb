{{ config(alias='fct_consent_event') }}
select
    consent_event_key,
    person_key,
    purpose,
    is_granted,
    happened_at,
    source
from {{ ref('fct_consent_event') }}
