-- Feedback counts where it is about: an answer belongs to its touchpoint, or to that of the ticket that it is about; a vote below a page to
-- the visit, and a rating to the review that holds it.
with clock as (
    select {{ dbt.dateadd('year', -1, 'max(happened_day)') }} as since_day from {{ ref('int_cases__interactions') }}
),

contacts as (
    select cases.interaction_key, cases.stage, cases.channel, cases.role, cases.object_level, cases.touchpoint
    from {{ ref('int_cases__interactions') }} as cases
    cross join clock
    where cases.happened_day > clock.since_day and cases.is_mapped and cases.touchpoint <> 'answer_survey'
),

met as (
    select stage, channel, role, object_level, cast(count(*) as bigint) as interactions
    from contacts
    group by stage, channel, role, object_level
),

-- where most contacts of a touchpoint are
places as (
    select touchpoint, stage, channel, object_level
    from (
        select
            touchpoint, stage, channel, object_level,
            row_number() over (partition by touchpoint order by count(*) desc, channel asc) as place
        from contacts
        group by touchpoint, stage, channel, object_level
    ) as ranked
    where place = 1
),

answers as (
    select
        said.survey_answer_key, said.ticket_key, said.touchpoint, said.person_key, said.answered_at,
        coalesce(said.account_key, persons.account_key) as account_key
    from {{ ref('fct_survey_answer') }} as said
    {{ join_as_of('person', 'persons', 'said.person_key', 'said.answered_at') }}
    cross join clock
    where said.is_valid and said.is_answered and said.answered_day > clock.since_day
),

-- who answers does so in the first of their roles, as in any contact
answerers as (
    select survey_answer_key, role
    from (
        select
            parties.survey_answer_key,
            roles.role,
            row_number() over (partition by parties.survey_answer_key order by roles.place asc, roles.party_type asc) as pick
        from (
            select survey_answer_key, account_key as party_key, answered_at from answers
            union all
            select survey_answer_key, person_key as party_key, answered_at from answers
        ) as parties
        inner join {{ ref('dim_party_role') }} as roles
            on parties.party_key = roles.party_key
            and parties.answered_at >= roles.valid_from and parties.answered_at < roles.valid_to
    ) as ranked
    where pick = 1
),

about as (
    select
        answers.survey_answer_key,
        coalesce(answerers.role, 'unknown') as role,
        coalesce(exact.stage, rest.stage, places.stage) as stage,
        coalesce(exact.object_level, rest.object_level, places.object_level) as object_level,
        case when answers.ticket_key is null then places.channel else {{ channel_of('tickets.channel') }} end as channel
    from answers
    left join answerers on answers.survey_answer_key = answerers.survey_answer_key
    left join places on answers.ticket_key is null and answers.touchpoint = places.touchpoint
    left join {{ ref('fct_ticket') }} as tickets on answers.ticket_key = tickets.ticket_key
    left join {{ ref('dim_touchpoint') }} as exact
        on exact.interaction_type = 'support' and exact.is_current and {{ channel_of('tickets.channel') }} = {{ channel_of('exact.channel') }}
    left join {{ ref('dim_touchpoint') }} as rest
        on answers.ticket_key is not null and rest.interaction_type = 'support' and rest.is_current and rest.channel is null
),

heard_rows as (
    select contacts.stage, contacts.channel, contacts.role, contacts.object_level, votes.web_event_key as feedback_key
    from {{ ref('fct_web_event') }} as votes
    inner join contacts on {{ surrogate_key('interaction', ['votes.source', "'web_session:' || votes.session_key"]) }} = contacts.interaction_key
    where votes.event_type in ('helpful_yes', 'helpful_no') and not votes.is_bot
    union all
    select contacts.stage, contacts.channel, contacts.role, contacts.object_level, mentions.mention_key
    from {{ ref('fct_mention') }} as mentions
    inner join contacts on {{ surrogate_key('interaction', ['mentions.source', "'mention:' || mentions.source_id"]) }} = contacts.interaction_key
    where mentions.rating is not null
    union all
    select stage, channel, role, object_level, survey_answer_key
    from about
    where stage is not null
),

heard as (
    select stage, channel, role, object_level, cast(count(distinct feedback_key) as bigint) as feedback
    from heard_rows
    group by stage, channel, role, object_level
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
