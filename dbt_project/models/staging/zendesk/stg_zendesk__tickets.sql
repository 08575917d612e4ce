select
    site_id,
    ticket_id,
    _client_id as client_id,
    brand_code,
    agent_code,
    customer_id,
    case status
        when 'solved' then 'resolved'
        when 'hold' then 'on_hold'
        when 'on-hold' then 'on_hold'
        else status
    end as status,
    lower(priority) as priority,
    lower(channel) as channel,
    merged_ticket_ids,
    parent_ticket_id,
    opened_at,
    updated_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'tickets') }}
where _is_current
