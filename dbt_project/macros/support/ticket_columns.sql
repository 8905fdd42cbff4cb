{#-
    What a ticket is cut by, as of the moment `at`: the account it names, or that of the person who asked. Needs the joins of
    `join_ticket_cuts`, whose aliases it reads.
-#}
{% macro ticket_cuts() -%}
    coalesce(nullif(cut_accounts.country, 'unknown'), cut_persons.country, 'unknown') as country,
    coalesce(cut_accounts.segment, 'unknown') as segment,
    coalesce(cut_accounts.industry, 'unknown') as industry,
    coalesce(cut_accounts.strategic, 'unknown') as strategic
{%- endmacro %}

{#- Whether a ticket waits for somebody: unsolved by its record's word (where it says nothing, by its history's), and not deleted. -#}
{% macro is_open_ticket(tickets, milestones) -%}
    (not coalesce({{ tickets }}.is_deleted, false)
        and coalesce({{ tickets }}.status, {{ milestones }}.last_status) not in ('solved', 'closed', 'deleted'))
{%- endmacro %}

{#- The person who asked and the account the ticket is about, as they were at `at`; `tickets` holds person_key and account_key. -#}
{% macro join_ticket_cuts(tickets, at) -%}
{{ join_as_of('person', 'cut_persons', tickets ~ '.person_key', at) }}
{{ join_as_of('account', 'cut_accounts', 'coalesce(' ~ tickets ~ '.account_key, cut_persons.account_key)', at) }}
{%- endmacro %}
