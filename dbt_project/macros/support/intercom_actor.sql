{#- Who acts in a conversation of Intercom, as a kind and never as a person. -#}
{% macro intercom_actor(author_type) -%}
    case
        when {{ author_type }} = 'admin' then 'agent'
        when {{ author_type }} = 'bot' then 'bot'
        when {{ author_type }} in ('user', 'lead', 'contact') then 'requester'
        else 'system'
    end
{%- endmacro %}
