{#-
    Left joins that find the employee of a row by the HR system's id, or by the address's token where that system gave the row no id of its
    own; `employee_of()` is the key they found.
-#}
{% macro join_employee(row) -%}
left join (select * from {{ ref('dim_employee') }} where is_current) as employees_by_id
    on {{ row }}.source = employees_by_id.source and {{ row }}.employee_source_id = employees_by_id.source_id
left join (
    select
        email_token,
        employee_key,
        row_number() over (partition by email_token order by source, hired_on desc nulls last, source_id) as address_number
    from {{ ref('dim_employee') }}
    where is_current and email_token is not null
) as employees_by_address
    on {{ row }}.employee_email_token = employees_by_address.email_token
        and employees_by_address.address_number = 1
        and employees_by_id.employee_key is null
{%- endmacro %}

{% macro employee_of() -%}
    coalesce(employees_by_id.employee_key, employees_by_address.employee_key)
{%- endmacro %}
