select
    call_id as survey_id,
    null as contact_source_system,
    call_id as contact_id,
    null as case_id,
    _client_id as client_id,
    agent_code,
    _time_zone as time_zone,
    started_at as responded_at,
    'csat' as kind,
    satisfaction as score,
    1 as scale_min,
    5 as scale_max,
    '1-5' as scale_version,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_phonenow', 'calls') }}
where _is_current and satisfaction is not null
