{{ union_inputs('schedules') }}
