select
    answers.survey_answer_key,
    answers.answered_day,
    answers.country,
    answers.segment,
    answers.industry,
    answers.strategic,
    answers.channel,
    {{ all_of(['queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    cast(case when answers.answered_day < contracts.first_contract_on then 'before the contract' else 'after the contract' end as {{ dbt.type_string() }}) as item,
    contracts.account_key,
    answers.measure,
    case answers.measure when 'csat' then answers.score >= answers.scale_max - 1 when 'ces' then answers.score >= 5 else answers.score >= answers.scale_max end as is_good,
    answers.answered_day < contracts.first_contract_on as is_pre_contract
from {{ ref('fct_survey_answer') }} as answers
{{ join_as_of('person', 'persons', 'answers.person_key', 'answers.answered_at') }}
inner join {{ ref('int_journey__contracts') }} as contracts on coalesce(answers.account_key, persons.account_key) = contracts.account_key
where answers.is_valid and answers.is_trigger_valid and answers.is_answered and answers.measure in ('csat', 'csat_binary', 'ces')
    and contracts.first_contract_on is not null and answers.score is not null
