{#- The key whose words (settings: key -> words) a source's text is; `otherwise` for other text, null for none. -#}
{% macro key_of_words(column, keys, otherwise) -%}
    case
        when {{ column }} is null then cast(null as {{ dbt.type_string() }})
        {%- for key, words in keys.items() %}
        when lower(trim({{ column }})) in ({% for word in [key] + (words | list) %}{{ quoted(word) }}{{ ', ' if not loop.last }}{% endfor %}) then '{{ key }}'
        {%- endfor %}
        else {{ otherwise }}
    end
{%- endmacro %}

{#- The key in the reason tree for why a sale was won or lost or a customer left. -#}
{% macro sales_reason(column) -%}
    {{ key_of_words(column, var('config').loyalty.reasons, "'other'") }}
{%- endmacro %}

{#- Whether a customer came because others said so (earned) or because it was paid for (bought); null if not known. -#}
{% macro acquisition_origin(column) -%}
    {{ key_of_words(column, var('config').loyalty.acquisition, 'null') }}
{%- endmacro %}

{#- An amount in the reporting currency, to the cent of a cent; null without a rate. -#}
{% macro in_reporting_currency(amount, rate) -%}
    cast(cast({{ amount }} as {{ dbt.type_numeric() }}) * {{ rate }} as {{ dbt.type_numeric() }})
{%- endmacro %}

{#- Join of the rate of a row's currency on a day. A row without a currency is in the reporting currency. -#}
{% macro join_rate(alias, currency, at) -%}
left join {{ ref('int_value__currency_rates') }} as {{ alias }}
    on coalesce({{ currency }}, '{{ var("config").currency.reporting }}') = {{ alias }}.currency
    and cast({{ at }} as date) >= {{ alias }}.valid_from and cast({{ at }} as date) < {{ alias }}.valid_to
{%- endmacro %}

{#- What a reason of the tree comes down to; other for a reason that the tree gives no theme, unknown if nobody said one. -#}
{% macro theme_of(reason, theme) -%}
    case when {{ reason }} = 'unknown' then 'unknown' else coalesce({{ theme }}, 'other') end
{%- endmacro %}
