select
    site_id,
    metric_event_id,
    ticket_id,
    metric,
    instance_n,
    event,
    occurred_at,
    coalesce(is_deleted, false) as is_deleted,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'metric_events') }}
where _is_current
