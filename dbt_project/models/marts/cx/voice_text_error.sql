select
    language,
    mood,
    n,
    sensitivity,
    n_with,
    specificity,
    n_without,
    f1,
    macro_f1,
    kappa
from {{ source('analysis', 'text_error') }}
