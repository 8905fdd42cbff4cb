select
    period_start, customers, net_retention, earned_new, bought_new, unknown_new, growth, band_low, band_high, low, high
from {{ source('analysis', 'earned_growth') }}
