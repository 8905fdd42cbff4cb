-- Clusters that rules would make one person and guards have not: for a person to look at.
select
    {{ surrogate_key('identity_cluster', ['component']) }} as identity_cluster_key,
    frozen_reason,
    records,
    names,
    emails
from {{ ref('int_identity__clusters') }}
where frozen_reason is not null
