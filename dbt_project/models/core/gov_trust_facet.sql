{{ setting_rows(var('config').trust, rename={'facet': 'id'}) }}
