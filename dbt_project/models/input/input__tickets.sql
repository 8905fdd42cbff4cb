{{ union_inputs('tickets') }}
