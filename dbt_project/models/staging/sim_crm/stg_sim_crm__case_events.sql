select
    case_event_id,
    case_id,
    _client_id as client_id,
    _time_zone as time_zone,
    agent_code,
    kind,
    old_value,
    new_value,
    occurred_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_sim_crm', 'case_events') }}
where _is_current
