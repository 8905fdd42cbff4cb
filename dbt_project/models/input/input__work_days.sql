{{ union_inputs('work_days') }}
