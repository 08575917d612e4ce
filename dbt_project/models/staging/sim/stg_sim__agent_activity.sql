select
    agent_code,
    site_id,
    _time_zone as time_zone,
    activity_code,
    null as is_logged_in,
    started_at,
    ended_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_sim', 'agent_activity') }}
where _is_current
