select
    site_id,
    holiday_id,
    schedule_id,
    first_date,
    last_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'schedule_holidays') }}
where _is_current and not coalesce(is_deleted, false)
