-- A unit's path is found by joining five units upwards: deeper trees show their lowest six levels.
with units as (
    select
        {{ surrogate_key('org_unit', ['source', 'source_id']) }} as org_unit_key,
        {{ surrogate_key('org_unit', ['source', 'parent_source_id']) }} as parent_org_unit_key,
        source,
        source_id,
        name,
        level,
        coalesce(is_customer_facing, false) as is_customer_facing,
        updated_at,
        loaded_at
    from {{ ref('input__org_units') }}
    where not coalesce(is_deleted, false)
)

select
    {{ surrogate_key('org_unit_version', ['units.source', 'units.source_id']) }} as org_unit_sk,
    units.org_unit_key,
    units.source,
    units.source_id,
    units.name,
    units.parent_org_unit_key,
    units.level,
    cast(
        case when up5.org_unit_key is not null then 5 when up4.org_unit_key is not null then 4 when up3.org_unit_key is not null then 3
            when up2.org_unit_key is not null then 2 when up1.org_unit_key is not null then 1 else 0 end as bigint
    ) as depth,
    case when up5.org_unit_key is not null then up4.name when up4.org_unit_key is not null then up3.name
        when up3.org_unit_key is not null then up2.name when up2.org_unit_key is not null then up1.name else units.name end as division,
    coalesce(up5.name || ' / ', '') || coalesce(up4.name || ' / ', '') || coalesce(up3.name || ' / ', '') || coalesce(up2.name || ' / ', '')
    || coalesce(up1.name || ' / ', '') || coalesce(units.name, 'unknown') as path,
    units.is_customer_facing,
    cast('1900-01-01' as timestamp) as valid_from,
    cast('9999-12-31' as timestamp) as valid_to,
    true as is_current,
    units.updated_at,
    units.loaded_at
from units
left join units as up1 on units.parent_org_unit_key = up1.org_unit_key
left join units as up2 on up1.parent_org_unit_key = up2.org_unit_key
left join units as up3 on up2.parent_org_unit_key = up3.org_unit_key
left join units as up4 on up3.parent_org_unit_key = up4.org_unit_key
left join units as up5 on up4.parent_org_unit_key = up5.org_unit_key
