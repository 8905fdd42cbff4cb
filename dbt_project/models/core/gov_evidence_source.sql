{{ setting_rows(var('config').evidence, rename={'source_kind': 'id'}) }}
