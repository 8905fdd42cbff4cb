{#- The newest version of each record by the source's own clock, whatever order versions arrived in (raw keeps them all). -#}
{% macro newest(relation, key=['id']) -%}
    (
        select *
        from (
            select
                *,
                row_number() over (
                    partition by {{ key | join(', ') }}
                    order by _version_at desc nulls last, _seen_at desc, _row_hash
                ) as version_number
            from {{ relation }}
        ) as versions
        where version_number = 1
    )
{%- endmacro %}
