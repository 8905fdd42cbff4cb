-- What "now" is: the newest moment the helpdesks told of. Nothing here reads the wall clock.
select max(told_at) as as_of_at
from (
    select max(happened_at) as told_at
    from {{ ref('input__ticket_events') }}
    where not coalesce(is_deleted, false)
    union all
    select max(created_at) as told_at
    from {{ ref('input__tickets') }}
) as clocks
