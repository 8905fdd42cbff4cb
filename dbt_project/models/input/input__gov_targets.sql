{{ union_inputs('gov_targets') }}
