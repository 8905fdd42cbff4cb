-- depends_on: {{ ref('input__ticket_events') }}
-- depends_on: {{ ref('input__schedules') }}
-- depends_on: {{ ref('input__schedule_holidays') }}
-- depends_on: {{ ref('int_identity__person_keys') }}
-- depends_on: {{ ref('int_identity__account_keys') }}
-- The tickets whose facts this build computes: all of them at first, later those that changed in any part - the ticket, its events,
-- a ticket merged into it, the person or account behind it, the schedules - since the facts were built.
{% set facts = ['fct_ticket'] %}
{% if last_built(facts) is none %}
select source, source_id
from {{ ref('input__tickets') }}
{% else %}
{% set all = 'select source, source_id from ' ~ ref('input__tickets') %}
{% set selects = [
    changed('input__tickets', since_of=facts, everything=all),
    changed('input__tickets', ['source', 'merged_into_source_id'], since_of=facts, everything=all),
    changed('input__ticket_events', ['source', 'ticket_source_id'], since_of=facts, everything=all),
    matching('input__tickets', ['source', 'requester_source_id'], 'int_identity__person_keys', since_of=facts),
    matching('input__tickets', ['source', 'account_source_id'], 'int_identity__account_keys', since_of=facts),
    matching('input__tickets', ['source', 'source'], 'input__schedules', ['source', 'source'], since_of=facts),
    matching('input__tickets', ['source', 'source'], 'input__schedule_holidays', ['source', 'source'], since_of=facts),
] %}
select distinct source, source_id
from (
{{ selects | join('\nunion all\n') }}
) as changed
where source_id is not null
{% endif %}
