{{ setting_rows(var('config').channels, rename={'channel': 'id'}) }}
