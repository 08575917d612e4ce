select
    outcome_id,
    _client_id as client_id,
    site_id,
    _time_zone as time_zone,
    contact_source_system,
    contact_id,
    case_id,
    customer_id,
    agent_code,
    kind,
    reverses_outcome_id,
    amount,
    currency,
    occurred_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_forms', 'outcomes') }}
where _is_current
