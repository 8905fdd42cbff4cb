{{ config(alias='dim_channel') }}
select
    channel,
    title,
    mode,
    words
from {{ ref('dim_channel') }}
