-- Who waited for whom, on both clocks. Sums are over statuses already left; what still runs stands beside them. Up to the last solution,
-- requester wait, agent wait and the time the ticket rested as solved between reopenings add up to the time it took.
{% set kinds = {
    'requester_wait': "status in ('new', 'open', 'hold')",
    'agent_wait': "status = 'pending'",
    'agent_work': "status in ('new', 'open')",
    'rested': 'is_solved and started_at < last_solved_at',
} %}
with periods as (
    select clocks.*, milestones.last_solved_at
    from {{ ref('int_support__ticket_clock_periods') }} as clocks
    inner join {{ ref('int_support__ticket_milestones') }} as milestones
        on clocks.source = milestones.source and clocks.ticket_source_id = milestones.ticket_source_id
)

select
    source,
    ticket_source_id,
    cast(count(distinct schedule_id) as bigint) as schedules,
    {% for kind, condition in kinds.items() %}
    {% for clock in ['calendar', 'business'] %}
    cast(sum(case when not is_running and {{ condition }} then {{ clock }}_minutes else 0 end) as {{ dbt.type_float() }}) as {{ kind }}_{{ clock }}_minutes,
    {% endfor %}
    {% endfor %}
    {% for clock in ['calendar', 'business'] %}
    cast(sum(case when is_running and not is_solved then {{ clock }}_minutes else 0 end) as {{ dbt.type_float() }}) as running_{{ clock }}_minutes,
    {% endfor %}
    max(case when is_running then status end) as running_status
from periods
group by source, ticket_source_id
