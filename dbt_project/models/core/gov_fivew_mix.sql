-- The mixes that are in force as they should be, one row a part.
select
    w,
    trim({{ dbt.split_part('item', "'='", 1) }}) as name,
    cast(trim({{ dbt.split_part('item', "'='", 2) }}) as {{ dbt.type_float() }}) as share
from (
    select items.w, parts.item
    from {{ ref('gov_fivew_item') }} as items
    {{ split_rows('items.mix', ';', 'parts') }}
    where items.is_current and items.state = 'should_be' and items.mix is not null
) as split
where trim(item) <> ''
