select
    mentoring_id,
    mentor_code,
    agent_code,
    valid_from,
    valid_to,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_forms', 'mentoring') }}
where _is_current
