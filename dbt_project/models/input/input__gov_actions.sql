{{ union_inputs('gov_actions') }}
