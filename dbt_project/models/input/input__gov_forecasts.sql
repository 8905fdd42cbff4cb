{{ config(materialized='table', unique_key=none, indexes=[]) }}
{{ union_inputs('gov_forecasts', every_version=true) }}
