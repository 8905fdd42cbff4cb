{{ config(alias='dim_stage') }}
select
    stage,
    position,
    title,
    owner,
    contributors,
    contributing_functions,
    window_days,
    is_owned
from {{ ref('dim_stage') }}
