{{ union_inputs('web_events') }}
