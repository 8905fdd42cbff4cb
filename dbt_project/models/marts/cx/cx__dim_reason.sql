{{ config(alias='dim_reason') }}
-- Reasons of employees for leaving stay with HR.
select
    reason_key,
    kind,
    reason,
    title,
    parent_reason,
    path,
    level,
    theme,
    is_resolvable_at_first_contact
from {{ ref('dim_reason') }}
where kind <> 'exit'
