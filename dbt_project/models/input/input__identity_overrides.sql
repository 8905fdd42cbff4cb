{{ union_inputs('identity_overrides') }}
