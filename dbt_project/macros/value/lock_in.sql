{#-
    Whole months until a contract can end, seen from a day. A contract that renews itself is in the next of its years when its last day
    is past; any other one can end at any time then.
-#}
{% macro contract_months_left(contract_end, auto_renews, day) -%}
    case
        when {{ contract_end }} is null then 0
        when {{ contract_end }} >= {{ day }} then cast(floor({{ dbt.datediff(day, contract_end, 'day') }} / 30.4375) as bigint)
        when {{ auto_renews }} then cast(floor((365 - {{ dbt.datediff(contract_end, day, 'day') }} % 365) / 30.4375) as bigint)
        else 0
    end
{%- endmacro %}

{#- The lock-in score of an account, 0 to 100: `terms` gives each term of config/lock_in.yml as SQL. -#}
{% macro lock_in_score(terms) -%}
    (
    {%- for term, rules in var('config').lock_in.terms.items() %}
        {{ '+ ' if not loop.first }}case
        {%- for rule in rules %}
            when {{ terms[term] }}{{ ' >= ' ~ rule.at_least if rule.at_least is not none }} then {{ rule.points }}
        {%- endfor %}
            else 0
        end
    {%- else %}
        0
    {%- endfor %}
    )
{%- endmacro %}
