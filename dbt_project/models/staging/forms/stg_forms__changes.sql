select
    change_id,
    agent_code,
    _time_zone as time_zone,
    kind,
    effective_at,
    told_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_forms', 'changes') }}
where _is_current
