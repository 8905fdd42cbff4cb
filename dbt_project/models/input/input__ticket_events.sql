{{ union_inputs('ticket_events') }}
