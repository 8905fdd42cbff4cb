{{ setting_rows(var('config').reasons, rename={'reason': 'id', 'parent_reason': 'parent'}) }}
