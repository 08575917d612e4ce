select
    site_id,
    _time_zone as time_zone,
    agent_code,
    started_at,
    ended_at,
    activity,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_genesys', 'adherence_actuals') }}
where _is_current
