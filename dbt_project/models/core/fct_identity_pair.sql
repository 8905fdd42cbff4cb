-- A pair of records that somebody has compared, and whether the warehouse takes them for one person.
select
    {{ surrogate_key('identity_pair', ['pairs.source', 'pairs.source_id']) }} as identity_pair_key,
    pairs.source,
    case when pairs.source_a < pairs.source_b then pairs.source_a || ' and ' || pairs.source_b
        else pairs.source_b || ' and ' || pairs.source_a end as systems,
    pairs.is_same,
    ours.person_key = theirs.person_key as is_joined,
    case when ours.rule = 'own' or theirs.rule = 'own' then 'none' when ours.confidence <= theirs.confidence then ours.rule else theirs.rule end as rule,
    {{ business_day('pairs.updated_at') }} as reviewed_day,
    pairs.loaded_at
from {{ ref('input__identity_pairs') }} as pairs
inner join {{ ref('int_identity__person_keys') }} as ours on pairs.source_a = ours.source and pairs.source_id_a = ours.source_id
inner join {{ ref('int_identity__person_keys') }} as theirs on pairs.source_b = theirs.source and pairs.source_id_b = theirs.source_id
where not coalesce(pairs.is_deleted, false) and pairs.is_same is not null
