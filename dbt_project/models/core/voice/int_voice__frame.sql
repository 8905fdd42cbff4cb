{{ config(
    schema='intermediate',
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['survey_invitation_key'],
    on_schema_change='fail',
    indexes=[{'columns': ['survey_invitation_key'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    pre_hook="{{ want([
        changed('fct_survey_invitation', ['survey_invitation_key']),
        matching('int_voice__frame', ['person_key'], 'dim_person', ['person_key']),
        matching('int_voice__frame', ['account_key'], 'dim_account', ['account_key']),
    ]) }}"
) }}
-- Everybody who was asked, with what is known of them whether they answered or not. Fields come from the person and the account as of the
-- day, not from the answer: what only an answer tells would make all who answered look alike. Without a person, the invitation's own words.
with asked as (
    select
        invitations.*,
        persons.country as person_country,
        persons.language as person_language,
        coalesce(persons.account_key, case when invitations.person_key is null then invitations.account_key end) as frame_account_key
    from {{ ref('fct_survey_invitation') }} as invitations
    {{ only_wanted('invitations') }}
    {{ join_as_of('person', 'persons', 'invitations.person_key', 'invitations.invited_at') }}
    where invitations.is_valid and invitations.is_told and invitations.is_invitation_known and invitations.is_matured
        and not invitations.is_quarantined and invitations.invited_at is not null
)

select
    asked.survey_invitation_key,
    asked.survey_response_key,
    asked.person_key,
    asked.frame_account_key as account_key,
    asked.invited_day,
    asked.survey,
    asked.disposition in ('complete', 'partial') as is_respondent,
    case when asked.disposition in ('complete', 'partial') then asked.answer_minutes end as answer_minutes,
    coalesce(nullif(case when asked.person_key is null then asked.country end, 'unknown'), nullif(accounts.country, 'unknown'), asked.person_country, 'unknown') as country,
    coalesce(case when asked.person_key is null then asked.language end, asked.person_language, 'unknown') as language,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    coalesce(accounts.tier, 'unknown') as tier,
    case
        when accounts.contract_start_date is null then 'unknown'
        when {{ dbt.dateadd('year', 1, 'accounts.contract_start_date') }} > asked.invited_day then 'first year'
        when {{ dbt.dateadd('year', 3, 'accounts.contract_start_date') }} > asked.invited_day then '1 to 3 years'
        else 'longer'
    end as tenure_band,
    {{ built_at() }} as _built_at
from asked
{{ join_as_of('account', 'accounts', 'asked.frame_account_key', 'asked.invited_at') }}
