select
    site_id,
    _time_zone as time_zone,
    agent_code,
    started_at,
    ended_at,
    upper(routing_status) as routing_status,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_genesys', 'user_routing') }}
where _is_current
