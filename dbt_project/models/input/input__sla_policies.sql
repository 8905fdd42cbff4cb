{{ union_inputs('sla_policies') }}
