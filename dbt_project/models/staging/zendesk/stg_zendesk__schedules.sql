select
    site_id,
    schedule_id,
    start_minute,
    end_minute,
    created_at,
    nullif(time_zone, 'unclassified') as time_zone,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'schedules') }}
where _is_current and not coalesce(is_deleted, false)
