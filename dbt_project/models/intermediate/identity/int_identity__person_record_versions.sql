{{ config(materialized='view') }}
{{ union_inputs('persons', every_version=true) }}
