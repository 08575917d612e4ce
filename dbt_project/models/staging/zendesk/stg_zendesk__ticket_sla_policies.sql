select
    site_id,
    ticket_id,
    applied_at,
    sla_policy_id,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'ticket_sla_policies') }}
where _is_current
