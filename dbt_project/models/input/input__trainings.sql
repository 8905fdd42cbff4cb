{{ union_inputs('trainings') }}
