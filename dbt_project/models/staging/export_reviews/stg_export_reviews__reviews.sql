{{ config(enabled='export_reviews' in var('sources')) }}
-- The verdict is one of two, so the rating is 1 of 1 or 0 of 1. When a review was written the export does not say.
select
    'export_reviews' as source,
    reviews.product as source_id,
    'shop' as platform,
    'review' as mention_type,
    reviews.product as brand,
    reviews.review_redacted as text_redacted,
    cast(case when reviews.score = 'great' then 1 when reviews.score = 'other' then 0 end as {{ dbt.type_float() }}) as rating,
    cast(1 as {{ dbt.type_float() }}) as rating_max,
    false as is_own_reply,
    {{ to_utc('reviews._loaded_at') }} as loaded_at,
    reviews._is_deleted as is_deleted
from {{ newest(source('export_reviews', 'reviews'), ['product']) }} as reviews
