{{ union_inputs('order_lines') }}
