select
    response_id,
    site_id,
    _client_id as client_id,
    team_code,
    _time_zone as time_zone,
    question,
    score,
    scale_min,
    scale_max,
    responded_date,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_forms', 'pulse') }}
where _is_current
