{{ config(enabled='salesforce' in var('sources')) }}
select
    'salesforce' as source,
    id as source_id,
    account_id as account_source_id,
    contact_id as person_source_id,
    {{ to_utc('notice_at') }} as notice_at,
    {{ to_utc('confirmed_at') }} as confirmed_at,
    service_ends_on,
    {{ to_utc('export_delivered_at') }} as export_delivered_at,
    {{ to_utc('final_invoice_at') }} as final_invoice_at,
    {{ to_utc('final_invoice_corrected_at') }} as final_invoice_corrected_at,
    deletion_promised_on,
    {{ to_utc('data_deleted_at') }} as data_deleted_at,
    exit_rating,
    cast(5 as {{ dbt.type_float() }}) as exit_rating_max,
    exit_reason,
    post_notice_contacts,
    returned_on,
    {{ to_utc('system_modstamp') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('salesforce', 'offboardings')) }} as offboardings
