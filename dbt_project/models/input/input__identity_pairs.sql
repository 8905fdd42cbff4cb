{{ union_inputs('identity_pairs') }}
