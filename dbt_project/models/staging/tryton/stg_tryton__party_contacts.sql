{{ config(enabled='tryton' in var('sources'), materialized='table', indexes=[{'columns': ['party_id'], 'unique': True}]) }}
{% set lists = {'emails': 'email_customer_token', 'phones': 'phone_customer_token', 'addresses': 'country'} %}
-- How a party is reached, and where it is: the first that is in use of each kind, as Tryton itself orders them.
select
    party_id,
    {% for stream, column in lists.items() %}
    max(case when kind = '{{ stream }}' and is_used and contact_number = 1 then called end) as {{ column | replace('_customer', '') }},
    {% endfor %}
    max(loaded_at) as loaded_at
from (
    {% for stream, column in lists.items() %}
    {{ 'union all' if not loop.first }}
    select
        '{{ stream }}' as kind,
        party_id,
        {{ column }} as called,
        is_active and not _is_deleted and {{ column }} is not null as is_used,
        {{ to_utc('_loaded_at') }} as loaded_at,
        row_number() over (
            partition by party_id, is_active and not _is_deleted and {{ column }} is not null order by sequence nulls first, id
        ) as contact_number
    from {{ newest(source('tryton', stream)) }} as contacts
    {% endfor %}
) as listed
group by party_id
