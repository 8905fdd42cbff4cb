{{ config(materialized='table', unique_key=none, indexes=[]) }}
{{ union_inputs('gov_decisions', every_version=true) }}
