{{ union_inputs('persons') }}
