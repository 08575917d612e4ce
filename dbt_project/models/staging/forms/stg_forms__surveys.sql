select
    survey_id || '.' || kind as survey_id,
    contact_source_system,
    contact_id,
    case_id,
    _client_id as client_id,
    agent_code,
    _time_zone as time_zone,
    responded_at,
    kind,
    score,
    scale_min,
    scale_max,
    scale_version,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_forms', 'surveys') }}
where _is_current
