select
    disruption_id,
    kind,
    site_id,
    client_id,
    queue_code,
    queue_source_system,
    agent_code,
    _time_zone as time_zone,
    started_at,
    ended_at,
    is_excused,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_forms', 'disruptions') }}
where _is_current
