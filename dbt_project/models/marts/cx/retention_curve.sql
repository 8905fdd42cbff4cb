select dimension, member, month_number, at_risk, lost, retained, low, high
from {{ source('analysis', 'retention_curve') }}
