{{ union_inputs('gov_promises') }}
