{{ union_inputs('referrals') }}
