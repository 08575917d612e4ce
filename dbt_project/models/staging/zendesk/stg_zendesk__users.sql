-- Every list, not the last alone: who was an agent then has answered as one.
select
    site_id,
    user_id,
    coalesce(listed_at, timestamp '1970-01-01 00:00:00') as listed_at,
    case
        when role in ('agent', 'admin') then 'agent'
        when role = 'end-user' then 'customer'
        else 'unmapped'
    end as role,
    agent_code,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'users') }}
