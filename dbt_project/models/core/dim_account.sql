-- One row an account: the system that owns the account speaks first, systems that refer to it fill what it leaves out.
with records as (
    select
        keys.account_key,
        parents.account_key as parent_account_key,
        accounts.tier,
        accounts.segment,
        accounts.industry,
        accounts.country,
        accounts.is_strategic,
        accounts.contract_start_date,
        accounts.contract_end_date,
        accounts.updated_at,
        accounts.loaded_at,
        row_number() over (
            partition by keys.account_key
            order by case when keys.is_origin then 0 else 1 end asc, accounts.updated_at desc nulls last, accounts.source asc, accounts.source_id asc
        ) as record_number
    from {{ ref('int_identity__account_keys') }} as keys
    inner join {{ ref('input__accounts') }} as accounts
        on keys.source = accounts.source and keys.source_id = accounts.source_id
    left join {{ ref('int_identity__account_keys') }} as parents
        on accounts.source = parents.source and accounts.parent_source_id = parents.source_id
)

select
    account_key,
    {% for column in ['parent_account_key', 'tier', 'segment', 'industry', 'country'] %}
    coalesce(max(case when record_number = 1 then {{ column }} end), max({{ column }}){{ ", 'unknown'" if column != 'parent_account_key' }}) as {{ column }},
    {% endfor %}
    case
        when coalesce(max(case when record_number = 1 and is_strategic then 1 when record_number = 1 and not is_strategic then 0 end),
            max(case when is_strategic then 1 when not is_strategic then 0 end)) = 1 then 'yes'
        when max(case when is_strategic is not null then 1 end) = 1 then 'no'
        else 'unknown'
    end as strategic,
    {% for column in ['contract_start_date', 'contract_end_date'] %}
    coalesce(max(case when record_number = 1 then {{ column }} end), max({{ column }})) as {{ column }},
    {% endfor %}
    cast(count(*) as bigint) as records,
    max(updated_at) as updated_at,
    max(loaded_at) as loaded_at
from records
group by account_key
