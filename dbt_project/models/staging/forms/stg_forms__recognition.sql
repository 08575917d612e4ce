select
    recognition_id,
    agent_code,
    giver_code,
    _time_zone as time_zone,
    kind,
    reason_code,
    given_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_forms', 'recognition') }}
where _is_current
