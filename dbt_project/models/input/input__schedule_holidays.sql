{{ union_inputs('schedule_holidays') }}
