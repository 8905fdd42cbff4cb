{{ union_inputs('absences') }}
