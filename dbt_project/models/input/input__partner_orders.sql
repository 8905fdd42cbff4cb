{{ union_inputs('partner_orders') }}
