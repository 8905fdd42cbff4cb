{{ union_inputs('survey_answers') }}
