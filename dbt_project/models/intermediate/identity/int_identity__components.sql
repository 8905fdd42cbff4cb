{{ config(materialized='components', contract={'enforced': false}) }}
select record, other_record
from {{ ref('int_identity__edges') }}
