-- Where customers meet the company, as config/journey.yml says.
select
    touchpoint_key || ':' || cast(version as {{ dbt.type_string() }}) as touchpoint_sk,
    rows.touchpoint_key,
    rows.version,
    rows.title,
    rows.stage,
    rows.interaction_type,
    rows.channel,
    rows.mode,
    rows.object_level,
    rows.owner_area,
    rows.owner,
    rows.feeling,
    rows.metric,
    rows.feedback,
    rows.valid_from,
    rows.valid_to,
    rows.valid_to = cast('9999-12-31' as timestamp) as is_current
from (
    {{ setting_rows(var('config').touchpoints + [unmapped_touchpoint()], rename={'touchpoint_key': 'id', 'interaction_type': 'interaction'}) }}
) as rows
