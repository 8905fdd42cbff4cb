{{ config(alias='dim_touchpoint') }}
select
    touchpoint_key,
    title,
    stage,
    interaction_type,
    channel,
    mode,
    object_level,
    owner_area
from {{ ref('dim_touchpoint') }}
