{{ union_inputs('crm_activities') }}
