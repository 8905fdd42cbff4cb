{{ union_inputs('survey_invitations') }}
