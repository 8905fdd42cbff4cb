{#- Which rule an id kept of another system's record is: a survey tool keeps it with the invitation it sent, others with the contact. -#}
{% macro external_rule(column) -%}
    case
        {%- set surveys = [] -%}
        {%- for name, domain in var('domains').items() if domain == 'survey' -%}{%- do surveys.append("'" ~ name ~ "'") -%}{%- endfor -%}
        {%- if surveys %}
        when {{ column }} in ({{ surveys | join(', ') }}) then 'invitation'
        {%- endif %}
        when {{ column }} is not null then 'external_id'
    end
{%- endmacro %}
