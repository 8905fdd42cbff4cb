{{ union_inputs('gov_forecasts') }}
