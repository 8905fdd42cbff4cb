-- Who hands tickets to whom, and how long they lie then.
select
    days.month_start as month,
    handoffs.from_queue,
    handoffs.to_queue,
    cast(count(*) as bigint) as handoffs,
    cast(count(distinct handoffs.ticket_key) as bigint) as tickets,
    cast(sum(case when handoffs.picked_up_at is null then 1 else 0 end) as bigint) as waiting,
    {% for clock in ['calendar', 'business'] %}
    {% for name, quantile in [('median', 0.5), ('p90', 0.9)] %}
    cast(percentile_cont({{ quantile }}) within group (order by handoffs.wait_{{ clock }}_minutes) as {{ dbt.type_float() }}) as {{ name }}_wait_{{ clock }}_minutes{{ ',' if not (loop.last and clock == 'business') }}
    {% endfor %}
    {% endfor %}
from {{ ref('fct_ticket_handoff') }} as handoffs
inner join {{ ref('dim_date') }} as days on handoffs.handed_day = days.day
where handoffs.is_valid
group by days.month_start, handoffs.from_queue, handoffs.to_queue
