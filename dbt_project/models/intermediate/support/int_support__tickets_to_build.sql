{{ config(indexes=[{'columns': ['source', 'source_id'], 'unique': True}]) }}
-- depends_on: {{ ref('input__ticket_events') }}
-- depends_on: {{ ref('input__sla_events') }}
-- depends_on: {{ ref('input__sla_policies') }}
-- depends_on: {{ ref('int_support__silent_sources') }}
-- depends_on: {{ ref('input__schedules') }}
-- depends_on: {{ ref('input__schedule_holidays') }}
-- depends_on: {{ ref('int_identity__person_keys') }}
-- depends_on: {{ ref('int_identity__account_keys') }}
-- depends_on: {{ ref('int_identity__person_statements') }}
-- depends_on: {{ ref('int_identity__account_statements') }}
-- The tickets whose facts this build computes: all of them at first, later those that changed in any part - the ticket, its steps, its
-- targets, a ticket merged into it or following it, what was said of the person or account behind it, the schedules - since the facts
-- were built; those still open, which grow older; and every other ticket of the same person and reason, of which a new one is a repeated
-- contact.
{% set facts = ['fct_ticket', 'fct_ticket_event', 'fct_ticket_daily', 'fct_ticket_handoff', 'fct_sla'] %}
{% if last_built(facts) is none %}
select source, source_id
from {{ ref('input__tickets') }}
{% else %}
{% set all = 'select source, source_id from ' ~ ref('input__tickets') %}
{% set built = relation_of('fct_ticket') %}
{% set selects = [
    changed('input__tickets', since_of=facts, everything=all),
    changed('input__tickets', ['source', 'merged_into_source_id'], since_of=facts, everything=''),
    changed('input__tickets', ['source', 'followup_of_source_id'], since_of=facts, everything=''),
    changed('input__ticket_events', ['source', 'ticket_source_id'], since_of=facts, everything=all),
    changed('input__sla_events', ['source', 'ticket_source_id'], since_of=facts, everything=all),
    matching('input__tickets', ['source', 'requester_source_id'], 'int_identity__person_keys', since_of=facts),
    matching('input__tickets', ['source', 'account_source_id'], 'int_identity__account_keys', since_of=facts),
    matching('input__tickets', ['source', 'source'], 'input__schedules', ['source', 'source'], since_of=facts),
    matching('input__tickets', ['source', 'source'], 'input__schedule_holidays', ['source', 'source'], since_of=facts),
    matching('input__tickets', ['source', 'source'], 'input__sla_policies', ['source', 'source'], since_of=facts),
    matching('input__tickets', ['source'], 'int_support__silent_sources', since_of=facts),
    matching('fct_ticket', ['person_key'], 'int_identity__person_statements', ['person_key'], since_of=facts),
    matching('fct_ticket', ['cut_account_key'], 'int_identity__account_statements', ['account_key'], since_of=facts),
] %}
with changed as (
    select distinct source, source_id
    from (
{{ selects | join('\nunion all\n') }}
union all
select source, source_id from {{ built }} where is_open
    ) as parts
    where source_id is not null
),

contacts as (
    select persons.person_key, coalesce(tickets.reason, 'unknown') as reason
    from changed
    inner join {{ ref('input__tickets') }} as tickets on changed.source = tickets.source and changed.source_id = tickets.source_id
    inner join {{ ref('int_identity__person_keys') }} as persons
        on tickets.source = persons.source and tickets.requester_source_id = persons.source_id
    union
    select facts.person_key, facts.reason
    from changed
    inner join {{ built }} as facts on changed.source = facts.source and changed.source_id = facts.source_id
    where facts.person_key is not null
)

select source, source_id
from changed
union
select facts.source, facts.source_id
from contacts
inner join {{ built }} as facts on contacts.person_key = facts.person_key and contacts.reason = facts.reason
{% endif %}
