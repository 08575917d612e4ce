select
    site_id,
    comment_id,
    ticket_id,
    occurred_at,
    author_id,
    is_public,
    coalesce(is_voice, false) as is_voice,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'ticket_comments') }}
where _is_current
