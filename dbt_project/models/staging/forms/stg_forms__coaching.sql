select
    coaching_id,
    agent_code,
    coach_code,
    _time_zone as time_zone,
    kind,
    planned_at,
    done_at,
    status,
    topic,
    action_code,
    action_due_date,
    action_done_date,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_forms', 'coaching') }}
where _is_current
