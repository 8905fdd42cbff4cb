{{ config(
    indexes=[
        {'columns': ['source', 'source_id'], 'unique': True},
        {'columns': ['_built_at'], 'type': 'brin'},
        {'columns': ['source', 'person_source_id']},
        {'columns': ['source', 'account_source_id']},
        {'columns': ['person_email_token']},
    ],
    meta={'carried': [
        'survey_source_id', 'response_source_id', 'person_email_token', 'person_source_id', 'answered_at', 'invited_at',
    ]}
) }}
{{ union_inputs('survey_answers') }}
