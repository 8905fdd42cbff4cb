{{ union_inputs('employee_jobs') }}
