{{ union_inputs('org_units') }}
