-- Where customers meet the company, as config/journey.yml says.
{% for touchpoint in var('config').touchpoints %}
select
    '{{ touchpoint.id }}' as touchpoint_key,
    '{{ touchpoint.title | replace("'", "''") }}' as title,
    '{{ touchpoint.stage }}' as stage,
    '{{ touchpoint.interaction }}' as interaction_type,
    cast({{ "'" ~ touchpoint.channel ~ "'" if touchpoint.channel else 'null' }} as {{ dbt.type_string() }}) as channel,
    '{{ touchpoint.mode }}' as mode,
    '{{ touchpoint.object_level }}' as object_level,
    '{{ touchpoint.owner_area }}' as owner_area
union all
{% endfor %}
select
    'unmapped' as touchpoint_key,
    'Not in the journey map' as title,
    'unknown' as stage,
    'unknown' as interaction_type,
    cast(null as {{ dbt.type_string() }}) as channel,
    'unknown' as mode,
    'unknown' as object_level,
    'unknown' as owner_area
