{#- Whose brand a mention is about: own, rival or other, as config/organisation.yml says. -#}
{% macro brand_role(column) -%}
    {%- set own, rivals = [], [] -%}
    {%- for brand in var('config').own_brands or [] -%}{%- do own.append(quoted(brand)) -%}{%- endfor -%}
    {%- for brand in var('config').rival_brands or [] -%}{%- do rivals.append(quoted(brand)) -%}{%- endfor -%}
    case
        {%- if rivals %}
        when lower({{ column }}) in ({{ rivals | join(', ') }}) then 'rival'
        {%- endif %}
        when {{ column }} is null{{ ' or true' if not own }} then 'own'
        {%- if own %}
        when lower({{ column }}) in ({{ own | join(', ') }}) then 'own'
        {%- endif %}
        else 'other'
    end
{%- endmacro %}
