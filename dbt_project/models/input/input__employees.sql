{{ union_inputs('employees') }}
