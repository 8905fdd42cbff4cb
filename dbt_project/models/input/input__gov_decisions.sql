{{ union_inputs('gov_decisions') }}
