select
    site_id,
    user_id,
    role,
    agent_code,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'users') }}
where _is_current
