{{ union_inputs('products') }}
