{{ config(materialized='view') }}
{{ union_inputs('accounts', every_version=true) }}
