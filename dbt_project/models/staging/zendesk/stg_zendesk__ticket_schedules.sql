select
    site_id,
    ticket_id,
    assigned_at,
    schedule_id,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'ticket_schedules') }}
where _is_current
