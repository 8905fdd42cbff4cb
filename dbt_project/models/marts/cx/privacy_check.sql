-- What the gate on raw saw of each column that holds something personal: once a column and day, and bad if it was bad once that day.
with checks as (
    select
        source,
        relation,
        replace(replace(replace(expectation, 'token_is_a_token(', ''), 'text_is_redacted(', ''), ')', '') as column_name,
        case when expectation like 'token%' then 'token' else 'redacted text' end as treatment,
        success,
        cast({{ business_day(to_utc('checked_at')) }} as date) as checked_day
    from {{ source('ops', 'gate') }}
    where gate = 'raw' and (expectation like 'token_is_a_token(%' or expectation like 'text_is_redacted(%')
)

select
    relation || '.' || column_name || ':' || cast(checked_day as {{ dbt.type_string() }}) as privacy_check_key,
    checked_day,
    source,
    relation,
    column_name,
    treatment,
    min(case when success then 1 else 0 end) = 1 as is_treated
from checks
group by checked_day, source, relation, column_name, treatment
