{{ config(alias='fct_sales_activity') }}
select
    sales_activity_key,
    source,
    activity_type,
    outcome,
    is_connected,
    happened_at,
    happened_day,
    person_key,
    account_key,
    country,
    segment,
    industry,
    strategic
from {{ ref('fct_sales_activity') }}
