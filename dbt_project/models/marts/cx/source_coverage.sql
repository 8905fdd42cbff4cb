-- Which systems give each entity: what a number that is not there is waiting for.
{% for given in var('coverage') %}
select
    cast('{{ given.entity }}' as {{ dbt.type_string() }}) as entity,
    cast('{{ given.domain }}' as {{ dbt.type_string() }}) as domain,
    cast({{ quoted(given.sources | join(', ')) if given.sources else 'null' }} as {{ dbt.type_string() }}) as sources,
    {{ 'true' if given.is_connected else 'false' }} as is_connected
{{ 'union all' if not loop.last }}
{% endfor %}
