select
    system as source_system,
    queue_code,
    queue_name,
    client_id,
    line_of_business,
    channel,
    language,
    service_level_threshold_s,
    short_abandon_s,
    valid_from,
    valid_to
from {{ source('raw_company', 'queues') }}
where _is_current
