{{ config(
    indexes=[
        {'columns': ['source', 'source_id'], 'unique': True},
        {'columns': ['_built_at'], 'type': 'brin'},
        {'columns': ['source', 'ticket_source_id']},
    ],
    meta={'carried': ['ticket_source_id']}
) }}
{{ union_inputs('sla_events') }}
