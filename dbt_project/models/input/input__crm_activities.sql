{{ config(
    indexes=[
        {'columns': ['source', 'source_id'], 'unique': True},
        {'columns': ['_built_at'], 'type': 'brin'},
        {'columns': ['source', 'person_source_id']},
        {'columns': ['source', 'account_source_id']},
    ]
) }}
{{ union_inputs('crm_activities') }}
