{#-
    What leaders have stated: in the files of config/ and by spreadsheet. The macros below turn both into versions.

    `uploads(entity, began)`: the newest supply of each row and day from which it counts; a row that was taken out again is gone.
    `stated_versions(key)`: the versions of a CTE `stated` that has `began` (timestamp), `origin` (file or upload) and `uploaded_at`. Where two
    begin at the same time the uploaded one counts, of two uploads the later.
-#}
{% macro uploads(entity, began='valid_from') -%}
    (
        select *
        from (
            select
                supplied.*,
                cast(coalesce(supplied.{{ began }}, {{ business_day('supplied.uploaded_at') }}) as timestamp) as began,
                row_number() over (
                    partition by supplied.source_id, coalesce(supplied.{{ began }}, {{ business_day('supplied.uploaded_at') }})
                    order by supplied.uploaded_at desc, supplied.source asc
                ) as supply_number,
                max(case when coalesce(supplied.is_deleted, false) then supplied.uploaded_at end) over (partition by supplied.source_id) as withdrawn_at,
                max(supplied.uploaded_at) over (partition by supplied.source_id) as newest_at
            from {{ ref('input__' ~ entity) }} as supplied
        ) as numbered
        where supply_number = 1 and not coalesce(is_deleted, false) and (withdrawn_at is null or newest_at > withdrawn_at)
    )
{%- endmacro %}

{% macro stated_versions(key) -%}
    {%- set keys = key | join(', ') -%}
    select
        picked.*,
        cast(row_number() over (partition by {{ keys }} order by began) as bigint) as version,
        case when row_number() over (partition by {{ keys }} order by began) = 1 then cast('1900-01-01' as timestamp) else began end as valid_from,
        coalesce(lead(began) over (partition by {{ keys }} order by began), cast('9999-12-31' as timestamp)) as valid_to
    from (
        select
            stated.*,
            row_number() over (
                partition by {{ keys }}, began
                order by case origin when 'upload' then 0 else 1 end asc, uploaded_at desc nulls last
            ) as pick
        from stated
    ) as picked
    where pick = 1
{%- endmacro %}

{#- What every statement carries beside its content, for rows of a file of config/. -#}
{% macro from_file() -%}
    'file' as origin,
    {{ typed_null('string') }} as uploaded_by,
    {{ typed_null('timestamp') }} as uploaded_at
{%- endmacro %}
