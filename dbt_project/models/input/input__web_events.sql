{{ config(
    indexes=[
        {'columns': ['source', 'source_id'], 'unique': True},
        {'columns': ['_built_at'], 'type': 'brin'},
        {'columns': ['person_email_token']},
    ]
) }}
{{ union_inputs('web_events') }}
