select
    site_id,
    _time_zone as time_zone,
    event_id,
    contact_id,
    agent_code,
    upper(event) as event,
    occurred_at,
    status,
    upper(status_kind) as status_kind,
    upper(contact_state) as contact_state,
    upper(initiation_method) as initiation_method,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_connect', 'agent_events') }}
where _is_current
