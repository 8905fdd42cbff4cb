{#- What is known of everybody who was asked, whether they answered or not: columns of `int_voice__frame`. -#}
{% macro frame_fields() -%}
    {{ return(['country', 'language', 'segment', 'industry', 'strategic', 'tier', 'tenure_band']) }}
{%- endmacro %}
