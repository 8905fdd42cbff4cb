{{ union_inputs('account_revenue') }}
