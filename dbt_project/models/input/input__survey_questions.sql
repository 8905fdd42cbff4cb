{{ union_inputs('survey_questions') }}
