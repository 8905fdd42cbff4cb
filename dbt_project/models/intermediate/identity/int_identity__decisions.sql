-- Decisions of people that hold at the data's own time; of two on one pair the later counts.
with clock as (
    select max(at) as at
    from (
        select max(updated_at) as at from {{ ref('input__persons') }}
        union all
        select max(updated_at) as at from {{ ref('input__identity_overrides') }}
    ) as clocks
),

pairs as (
    select
        decision,
        least(source_a || ':' || source_id_a, source_b || ':' || source_id_b) as record,
        greatest(source_a || ':' || source_id_a, source_b || ':' || source_id_b) as other_record,
        updated_at,
        source || ':' || source_id as decided
    from {{ ref('input__identity_overrides') }}
    cross join clock
    where not coalesce(is_deleted, false)
        and coalesce(valid_from, {{ beginning_of_time() }}) <= clock.at and coalesce(valid_to, {{ end_of_time() }}) > clock.at
),

ranked as (
    select
        pairs.*,
        row_number() over (partition by record, other_record order by updated_at desc nulls last, decided asc) as place
    from pairs
)

select decision, record, other_record
from ranked
where place = 1 and record <> other_record
