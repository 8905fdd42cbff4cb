{{ union_inputs('gov_fivew_items') }}
