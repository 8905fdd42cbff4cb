select
    corpus,
    language,
    mood,
    used_for,
    n,
    sensitivity,
    sensitivity_low,
    sensitivity_high,
    n_with,
    specificity,
    specificity_low,
    specificity_high,
    n_without,
    f1,
    macro_f1,
    kappa
from {{ source('analysis', 'text_error') }}
