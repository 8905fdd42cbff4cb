-- The cuts at which each metric is valued, by name: the dimensions that its cells are cut by; the others read 'all'.
{% for metric in var('metrics') %}
{% for cut in cuts_of([metric]) %}
select '{{ metric.metric }}' as metric, '{{ cut_name(cut) }}' as cut
union all
{% endfor %}
{% endfor %}
select '' as metric, '' as cut
where 1 = 0
