select
    system as source_system,
    agent_code,
    agent_id,
    site_id,
    valid_from,
    valid_to
from {{ source('raw_company', 'agents') }}
where _is_current
