{{ setting_rows(var('config').public_holidays, rename={'holiday_name': 'name'}) }}
