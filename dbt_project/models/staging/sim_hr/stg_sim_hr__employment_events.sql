select
    employment_event_id,
    agent_code,
    kind,
    effective_date,
    recorded_at,
    rescinds_event_id,
    termination_code,
    null as termination_class,
    is_regretted,
    hire_source,
    service_date,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_sim_hr', 'employment_events') }}
where _is_current
