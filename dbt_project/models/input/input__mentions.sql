{{ union_inputs('mentions') }}
