select
    source_system,
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
from {{ map_by_scope('queues', ['queue_code']) }} as mapped
