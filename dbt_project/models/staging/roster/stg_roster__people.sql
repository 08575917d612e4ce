select
    listed_at,
    agent_code,
    hire_date,
    termination_date,
    termination_code,
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
    hire_source,
    service_date,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_roster', 'people') }}
where _is_current
