{{ config(materialized='table', unique_key=none, indexes=[]) }}
{{ union_inputs('gov_actions', every_version=true) }}
