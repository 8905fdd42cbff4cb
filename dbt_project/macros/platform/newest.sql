{#-
    The newest version of each record by the source's own clock, whatever order versions arrived in (raw keeps them all). `touched`: the
    columns that are the key by which the model is limited (macros/platform/touched.sql), where that is not `key`.
-#}
{% macro newest(relation, key=['id'], touched=none) -%}
    (
        select *
        from (
            select
                *,
                row_number() over (
                    partition by {{ key | join(', ') }}
                    order by _version_at desc nulls last, _seen_at desc, _row_hash
                ) as version_number
            from {{ raw_rows(relation, key, touched) }}
        ) as versions
        where version_number = 1
    )
{%- endmacro %}

{#-
    Every version of each record, with `version_at`, since when it says so (where a source has no clock: when it was landed), and
    `is_newest`, which is true of what `newest` gives. Of versions of one moment the last seen counts, as there.
-#}
{% macro versions(relation, key=['id'], touched=none) -%}
    (
        select *
        from (
            select
                *,
                coalesce(_version_at, _loaded_at) as version_at,
                row_number() over (
                    partition by {{ key | join(', ') }}
                    order by _version_at desc nulls last, _seen_at desc, _row_hash
                ) = 1 as is_newest,
                row_number() over (
                    partition by {{ key | join(', ') }}, coalesce(_version_at, _loaded_at)
                    order by _version_at desc nulls last, _seen_at desc, _row_hash
                ) as moment_number
            from {{ raw_rows(relation, key, touched) }}
        ) as every_version
        where moment_number = 1
    )
{%- endmacro %}
