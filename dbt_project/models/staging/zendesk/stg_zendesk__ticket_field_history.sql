select
    site_id,
    ticket_id,
    field_name,
    occurred_at,
    author_id,
    case
        when field_name = 'status' and value = 'solved' then 'resolved'
        when field_name = 'status' and value in ('hold', 'on-hold') then 'on_hold'
        else value
    end as value,
    owner_code,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'ticket_field_history') }}
where _is_current
