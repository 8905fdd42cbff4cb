{{ config(
    indexes=[
        {'columns': ['source', 'source_id'], 'unique': True},
        {'columns': ['_built_at'], 'type': 'brin'},
    ]
) }}
{{ union_inputs('survey_invitations') }}
