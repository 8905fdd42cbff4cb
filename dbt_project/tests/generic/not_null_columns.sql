{#- Rows that lack one of `columns`. One test for all of a model's columns: what a test costs is mostly that it is one. -#}
{% test not_null_columns(model, columns) %}
select *
from {{ model }}
where {{ columns | join(' is null or ') }} is null
{% endtest %}
