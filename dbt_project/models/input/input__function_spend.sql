{{ union_inputs('function_spend') }}
