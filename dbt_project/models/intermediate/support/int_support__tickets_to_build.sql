-- depends_on: {{ ref('input__ticket_events') }}
-- depends_on: {{ ref('input__schedules') }}
-- depends_on: {{ ref('input__schedule_holidays') }}
-- depends_on: {{ ref('int_identity__person_keys') }}
-- depends_on: {{ ref('int_identity__account_keys') }}
-- The tickets whose facts this build computes: all of them at first, later those that changed in any part - the ticket, its events,
-- a ticket merged into it, the person or account behind it, the schedules.
{% set built = built_before('core', 'fct_ticket') %}
with tickets as (
    select * from {{ ref('input__tickets') }}
)

{% if not built %}
select source, source_id
from tickets
{% else %}
, known_since as (
    select {{ watermark(built) }} as loaded_at
),

changed as (
    select tickets.source, tickets.source_id
    from tickets
    cross join known_since
    where tickets.loaded_at > known_since.loaded_at
    union
    select tickets.source, tickets.merged_into_source_id as source_id
    from tickets
    cross join known_since
    where tickets.loaded_at > known_since.loaded_at and tickets.merged_into_source_id is not null
    union
    select events.source, events.ticket_source_id as source_id
    from {{ ref('input__ticket_events') }} as events
    cross join known_since
    where events.loaded_at > known_since.loaded_at
    union
    select tickets.source, tickets.source_id
    from tickets
    inner join {{ built }} as facts on tickets.source = facts.source and tickets.source_id = facts.source_id
    left join {{ ref('int_identity__person_keys') }} as persons
        on tickets.source = persons.source and tickets.requester_source_id = persons.source_id
    left join {{ ref('int_identity__account_keys') }} as accounts
        on tickets.source = accounts.source and tickets.account_source_id = accounts.source_id
    where coalesce(facts.person_key, '') <> coalesce(persons.person_key, '')
        or coalesce(facts.account_key, '') <> coalesce(accounts.account_key, '')
    union
    select tickets.source, tickets.source_id
    from tickets
    inner join {{ ref('input__schedules') }} as schedules on tickets.source = schedules.source
    cross join known_since
    where schedules.loaded_at > known_since.loaded_at
    union
    select tickets.source, tickets.source_id
    from tickets
    inner join {{ ref('input__schedule_holidays') }} as holidays on tickets.source = holidays.source
    cross join known_since
    where holidays.loaded_at > known_since.loaded_at
)

select changed.source, changed.source_id
from changed
inner join tickets on changed.source = tickets.source and changed.source_id = tickets.source_id
{% endif %}
