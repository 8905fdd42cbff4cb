{#- What only a ticket's events tell: where a merged ticket went, and the schedule it was last given; one row a ticket. -#}
{% macro zendesk_ticket_links() -%}
(
    select
        ticket_id,
        max(case when via_rel = 'merge' then via_from_ticket_id end) as merged_into_ticket_id,
        max(case when assignment_number = 1 then new_schedule_id end) as schedule_id
    from (
        select
            ticket_id,
            via_rel,
            via_from_ticket_id,
            new_schedule_id,
            row_number() over (
                partition by ticket_id
                order by case when new_schedule_id is null then 1 else 0 end, audit_created_at desc, id desc
            ) as assignment_number
        from {{ newest(source('zendesk', 'ticket_events'), touched=['ticket_id']) }} as events
        where via_rel = 'merge' or new_schedule_id is not null
    ) as telling
    group by ticket_id
)
{%- endmacro %}

{#- The events whose actor became another kind since: a user whose role changed, or who came after the event. -#}
{% macro zendesk_events_of_changed_actors() -%}
select events.id
from raw_zendesk.ticket_events as events
inner join staging.stg_zendesk__actors as actors on events.author_id = actors.actor_id
where actors._built_at > cast({since} as timestamp)
union
select events.id
from raw_zendesk.ticket_events as events
inner join staging.stg_zendesk__actors as actors on events.updater_id = actors.actor_id
where actors._built_at > cast({since} as timestamp)
{%- endmacro %}
