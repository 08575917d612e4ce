select
    source_system,
    agent_code,
    agent_id,
    site_id,
    valid_from,
    valid_to
from {{ map_by_scope('agents', ['agent_code']) }} as mapped
