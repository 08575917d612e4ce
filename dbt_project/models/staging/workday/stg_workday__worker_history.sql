select
    transaction_id,
    agent_code,
    case when process = 'hire' and is_rehire then 'rehire' else process end as kind,
    effective_date,
    recorded_at,
    case when is_rescinded then greatest(updated_at, recorded_at) end as rescinded_at,
    leader_code,
    team_code,
    site_id,
    client_id,
    line_of_business,
    case when role = 'unclassified' then 'unmapped' else role end as role,
    level,
    case when contract_type = 'unclassified' then 'unmapped' else contract_type end
        as contract_type,
    fte / 100 as fte,
    weekly_hours,
    termination_code,
    is_regretted,
    lower(hire_source) as hire_source,
    service_date,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_workday', 'worker_history') }}
where _is_current
