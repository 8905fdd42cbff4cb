{{ union_inputs('accounts') }}
