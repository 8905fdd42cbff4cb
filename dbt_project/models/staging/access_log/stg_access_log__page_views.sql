{{ config(enabled='access_log' in var('sources')) }}
{{ page_views_of_log('access_log', 'requests') }}
