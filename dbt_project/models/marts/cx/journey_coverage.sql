-- Feedback counts where it is about: an answer belongs to the cell of its touchpoint, or of the ticket that it is about.
with clock as (
    select {{ dbt.dateadd('year', -1, 'max(happened_day)') }} as since_day from {{ ref('int_cases__interactions') }}
),

met as (
    select cases.stage, cases.channel, cases.role, cases.object_level, cast(count(*) as bigint) as interactions
    from {{ ref('int_cases__interactions') }} as cases
    cross join clock
    where cases.happened_day > clock.since_day and cases.is_mapped and cases.touchpoint <> 'answer_survey'
    group by cases.stage, cases.channel, cases.role, cases.object_level
),

heard as (
    select touchpoints.stage, {{ channel_of('tickets.channel') }} as channel, contacts.role, touchpoints.object_level, cast(count(distinct answers.survey_answer_key) as bigint) as feedback
    from {{ ref('fct_survey_answer') }} as answers
    inner join {{ ref('fct_ticket') }} as tickets on answers.ticket_key = tickets.ticket_key
    inner join (
        select person_key, max(role) as role from {{ ref('fct_interaction') }} where person_key is not null group by person_key
    ) as contacts on tickets.person_key = contacts.person_key
    cross join clock
    inner join {{ ref('dim_touchpoint') }} as touchpoints
        on touchpoints.interaction_type = 'support' and touchpoints.is_current
        and {{ channel_of('tickets.channel') }} = coalesce({{ channel_of('touchpoints.channel') }}, 'none')
    where answers.is_valid and answers.is_answered and answers.answered_day > clock.since_day
    group by touchpoints.stage, {{ channel_of('tickets.channel') }}, contacts.role, touchpoints.object_level
),

cells as (
    select stages.stage, channels.channel, roles.role, levels.object_level
    from {{ ref('dim_stage') }} as stages
    cross join (select distinct channel from met) as channels
    cross join (select distinct role from met) as roles
    cross join (select distinct object_level from {{ ref('dim_touchpoint') }} where object_level <> 'unknown') as levels
)

select
    cells.stage,
    cells.channel,
    cells.role,
    cells.object_level,
    coalesce(met.interactions, 0) as interactions,
    coalesce(heard.feedback, 0) as feedback,
    cast(case when met.interactions is null then 'empty' when heard.feedback > 0 then 'measured' else 'unmeasured' end as {{ dbt.type_string() }}) as state
from cells
left join met on cells.stage = met.stage and cells.channel = met.channel and cells.role = met.role and cells.object_level = met.object_level
left join heard on cells.stage = heard.stage and cells.channel = heard.channel and cells.role = heard.role and cells.object_level = heard.object_level
