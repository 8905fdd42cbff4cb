{{ config(alias='dim_touchpoint') }}
select
    touchpoint_sk,
    touchpoint_key,
    version,
    title,
    stage,
    interaction_type,
    channel,
    mode,
    object_level,
    owner_area,
    owner,
    feeling,
    metric,
    feedback,
    valid_from,
    valid_to,
    is_current
from {{ ref('dim_touchpoint') }}
