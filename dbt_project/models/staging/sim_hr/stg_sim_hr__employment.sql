select
    agent_code,
    valid_from,
    valid_to,
    recorded_at,
    is_withdrawn,
    leader_code,
    team_code,
    site_id,
    client_id,
    line_of_business,
    role,
    level,
    contract_type,
    fte,
    weekly_hours,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_sim_hr', 'employment') }}
where _is_current
