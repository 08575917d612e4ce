select
    site_id,
    rating_id,
    ticket_id,
    agent_code,
    lower(score) as score,
    created_at,
    updated_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'satisfaction_ratings') }}
where _is_current
