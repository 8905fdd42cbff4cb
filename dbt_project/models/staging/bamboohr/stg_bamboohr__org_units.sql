{{ config(enabled='bamboohr' in var('sources')) }}
-- Teams, from the people in them: the vendor keeps no list of its own. The member whose record changed last speaks.
select
    'bamboohr' as source,
    cast(team_id as {{ dbt.type_string() }}) as source_id,
    department as name,
    cast(parent_team_id as {{ dbt.type_string() }}) as parent_source_id,
    team_level as level,
    is_customer_facing,
    {{ to_utc('last_changed_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    false as is_deleted
from (
    select
        *,
        row_number() over (partition by team_id order by last_changed_at desc, id desc) as member_number
    from {{ newest(source('bamboohr', 'employees')) }} as employees
    where team_id is not null
) as members
where member_number = 1
