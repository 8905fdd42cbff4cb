{#-
    Whether an account (or a person) meets one of a role's rules, as SQL: all words of a rule must hold. `words` says for each word of
    config/roles.yml which expression it is compared with; a rule with a word that is not there cannot hold.
-#}
{% macro meets_rules(role, words) -%}
    {%- set rules = [] -%}
    {%- for rule in role.rules -%}
        {%- set parts = [] -%}
        {%- set state = namespace(known=true) -%}
        {%- for word, value in rule.items() -%}
            {%- if word == 'always' -%}
                {%- do parts.append('true') -%}
            {%- elif word not in words -%}
                {%- set state.known = false -%}
            {%- elif value is string -%}
                {%- do parts.append(words[word] ~ ' = ' ~ quoted(value)) -%}
            {%- elif value is boolean -%}
                {%- do parts.append(words[word] ~ ' = ' ~ value) -%}
            {%- else -%}
                {%- set literals = [] -%}
                {%- for one in value -%}{%- do literals.append(quoted(one | lower)) -%}{%- endfor -%}
                {%- do parts.append('lower(' ~ words[word] ~ ') in (' ~ literals | join(', ') ~ ')') -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if state.known -%}{%- do rules.append('coalesce(' ~ parts | join(' and ') ~ ', false)') -%}{%- endif -%}
    {%- endfor -%}
    {{ return(rules | join(' or ') or 'false') }}
{%- endmacro %}
