{{ config(materialized='table', unique_key=none, indexes=[]) }}
{{ union_inputs('gov_fivew_items', every_version=true) }}
