select
    absence_id,
    agent_code,
    site_id,
    _time_zone as time_zone,
    started_at,
    ended_at,
    absence_class,
    is_planned,
    is_paid,
    recorded_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_forms', 'absences') }}
where _is_current
