-- Lines of the books in the reporting currency, on the account they belong to.
select
    revenue.source,
    revenue.source_id,
    coalesce(own.account_key, other.account_key) as account_key,
    {{ surrogate_key('product', ['lower(revenue.product)']) }} as product_key,
    lower(revenue.product) as product,
    revenue.month,
    rates.rate is not null as is_converted,
    {% for column in ['revenue', 'recurring_revenue', 'expansion', 'contraction', 'churned', 'margin', 'cost_to_serve'] %}
    coalesce({{ in_reporting_currency('revenue.' ~ column, 'rates.rate') }}, 0) as {{ column }},
    {% endfor %}
    revenue.loaded_at
from {{ ref('input__account_revenue') }} as revenue
left join {{ ref('int_identity__account_keys') }} as own
    on revenue.source = own.source and revenue.account_source_id = own.source_id
left join {{ ref('int_identity__account_keys') }} as other
    on revenue.external_source = other.source and revenue.external_id = other.source_id
{{ join_rate('rates', 'revenue.currency', 'revenue.month') }}
where not coalesce(revenue.is_deleted, false) and revenue.month is not null
