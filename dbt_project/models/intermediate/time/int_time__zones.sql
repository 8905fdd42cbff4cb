-- depends_on: {{ ref('rails_time_zones') }}
select cast(name as {{ dbt.type_string() }}) as time_zone
from ({{ zone_names() }}) as zones
