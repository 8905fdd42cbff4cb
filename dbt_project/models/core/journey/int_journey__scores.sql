{{ config(schema='intermediate', materialized='view') }}
-- Everything a person has scored, each on the same ruler: 0 is the worst of its scale, 1 the best.
select *
from (
    select
        person_key,
        account_key,
        answered_at as scored_at,
        answered_day as scored_day,
        survey_answer_key as score_key,
        (score - scale_min) / nullif(scale_max - scale_min, 0) as score
    from {{ ref('fct_survey_answer') }}
    where is_valid and is_answered and person_key is not null and measure in ('nps', 'csat', 'ces', 'csat_binary')
    union all
    select
        person_key,
        account_key,
        happened_at as scored_at,
        happened_day as scored_day,
        mention_key as score_key,
        (rating - 1) / nullif(rating_max - 1, 0) as score
    from {{ ref('fct_mention') }}
    where is_valid and not is_own and brand_role = 'own' and person_key is not null and rating is not null
) as scores
where score between 0 and 1
