{{ config(
    indexes=[
        {'columns': ['source', 'source_id'], 'unique': True},
        {'columns': ['_built_at'], 'type': 'brin'},
        {'columns': ['source', 'requester_source_id']},
        {'columns': ['source', 'account_source_id']},
        {'columns': ['source', 'merged_into_source_id']},
        {'columns': ['source', 'followup_of_source_id']},
        {'columns': ['created_at']},
    ],
    meta={'carried': ['merged_into_source_id', 'followup_of_source_id']}
) }}
{{ union_inputs('tickets') }}
