select period_start, third, experience, accounts, kept, retention, low, high, revenue_kept, revenue_low, revenue_high
from {{ source('analysis', 'experience_third') }}
