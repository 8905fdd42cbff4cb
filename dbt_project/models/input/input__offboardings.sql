{{ union_inputs('offboardings') }}
