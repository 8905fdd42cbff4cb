{{ config(enabled='export_weblog' in var('sources')) }}
{{ page_views_of_log('export_weblog', 'requests') }}
