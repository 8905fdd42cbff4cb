{{ setting_rows(var('config').currency.rates) }}
