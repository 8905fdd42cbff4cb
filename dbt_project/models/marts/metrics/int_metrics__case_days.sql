{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['cases', 'day_column', 'day'],
    on_schema_change='fail'
) }}
-- What the cases of each day are, as one sum of their hashes: a day whose sum differs from that of the build before has changed.
{% for cases, days in days_of_cases().items() %}
select
    '{{ cases }}' as cases,
    {% if days | length == 1 %}
    '{{ days[0] }}' as day_column,
    cast({{ days[0] }} as date) as day,
    {% else %}
    case {% for day in days %}when grouping({{ day }}) = 0 then '{{ day }}' {% endfor %}end as day_column,
    cast(case {% for day in days %}when grouping({{ day }}) = 0 then {{ day }} {% endfor %}end as date) as day,
    {% endif %}
    cast(count(*) as {{ dbt.type_string() }}) || ':' || cast(sum(row_hash) as {{ dbt.type_string() }}) as fingerprint,
    {{ built_at() }} as _built_at
from (
    select {{ days | join(', ') }}, {{ hash_of_row('cases') }} as row_hash
    from {{ ref('int_cases__' ~ cases) }} as cases
) as hashed
where {{ days | join(' is not null or ') }} is not null
{% if days | length == 1 %}
group by {{ days[0] }}
{% else %}
group by grouping sets ({% for day in days %}({{ day }}){{ ', ' if not loop.last }}{% endfor %})
having {% for day in days %}{{ '(' ~ 'grouping(' ~ day ~ ') = 0 and ' ~ day ~ ' is not null)' }}{{ ' or ' if not loop.last }}{% endfor %}

{% endif %}
{{ 'union all' if not loop.last }}
{% else %}
select
    {% for column in model.columns.values() %}
    {{ typed_null(column.data_type) }} as {{ column.name }}{{ ',' if not loop.last }}
    {% endfor %}
where 1 = 0
{% endfor %}
