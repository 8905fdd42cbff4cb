{#- The columns of a cell that people read beside its name. -#}
{% macro shown_columns() -%}
    {{ return([
        'tz', 'compare_to', 'value', 'ci_low', 'ci_high', 'ci_method', 'n', 'n_eligible', 'coverage_rate', 'target',
        'change', 'change_ci_low', 'change_ci_high', 'change_label', 'low_precision', 'suppressed_reason'
    ]) }}
{%- endmacro %}

{#-
    Pre-hook of the corrections: where a person was erased since the last release, numbers of frozen periods that the data no longer give are
    no corrections. They are kept as they were read, beside what the data give since: until that changes, they are shown
    (`int_metrics__shown`). What was read stands in the table of the build before, which is still there.
-#}
{% macro keep_what_was_read() -%}
    {%- set given = ref('int_metrics__values') -%}
    {%- set held = source('ops', 'metric_kept') -%}
    {%- set ledger = source('ops', 'metric_frozen') -%}
    {%- set settings = source('ops', 'setting') -%}
    {%- set releases = source('ops', 'release') -%}
    {%- set before = adapter.get_relation(database=target.database, schema='next_marts_cx', identifier='metric_value') if execute -%}
    {%- if before -%}
        {%- set cell = ['metric', 'version', 'grain', 'period_start'] + metric_dimensions() -%}
        {%- set numbers = ['value', 'ci_low', 'ci_high', 'n'] -%}
insert into {{ held }} as held
({{ (cell + shown_columns()) | join(', ') }}, {% for number in numbers %}given_{{ number }}, {% endfor %}is_gone, kept_at)
select
    {% for column in cell + shown_columns() %}shown.{{ column }}, {% endfor %}
    {% for number in numbers %}present.{{ number }}, {% endfor %}
    present.metric is null,
    cast({{ to_utc('current_timestamp') }} as {{ dbt.type_timestamp() }})
from {{ before }} as shown
inner join (
    select distinct metric, version, grain, period_start
    from {{ ledger }}
) as frozen
    on shown.metric = frozen.metric and shown.version = frozen.version
    and shown.grain = frozen.grain and shown.period_start = frozen.period_start
left join {{ given }} as present on {{ same_cell('shown', 'present') }}
where exists (
    select 1 from {{ settings }} as setting
    where setting.key = 'erased_at'
        and cast(setting.value as {{ dbt.type_timestamp() }}) > (
            select coalesce(max(cast({{ to_utc('published.published_at') }} as {{ dbt.type_timestamp() }})), cast('1900-01-01' as {{ dbt.type_timestamp() }}))
            from {{ releases }} as published
            where published.state = 'published'
        )
)
and (present.metric is null or not ({% for number in numbers %}{{ same_number('shown.' ~ number, 'present.' ~ number) }}{{ ' and ' if not loop.last }}{% endfor %}))
on conflict ({{ cell | join(', ') }}) do update set
    {% for column in shown_columns() %}{{ column }} = excluded.{{ column }}, {% endfor %}
    {% for number in numbers %}given_{{ number }} = excluded.given_{{ number }}, {% endfor %}
    is_gone = excluded.is_gone,
    kept_at = excluded.kept_at
    {%- endif -%}
{%- endmacro %}
