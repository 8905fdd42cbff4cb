{{ config(materialized='table', unique_key=none, indexes=[]) }}
{{ union_inputs('gov_promises', every_version=true) }}
