{{ config(materialized='table', unique_key=none, indexes=[]) }}
{{ union_inputs('gov_targets', every_version=true) }}
