select
    agent_code,
    site_id,
    _time_zone as time_zone,
    schedule_date,
    published_at,
    activity_code,
    started_at,
    ended_at,
    is_paid,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_forms', 'schedules') }}
where _is_current
