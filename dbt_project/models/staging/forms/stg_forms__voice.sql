select
    voice_id,
    agent_code,
    team_code,
    site_id,
    _time_zone as time_zone,
    kind,
    topic,
    raised_at,
    answered_at,
    status,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_forms', 'voice') }}
where _is_current
