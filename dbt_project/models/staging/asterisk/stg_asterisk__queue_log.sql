select
    site_id,
    _client_id as client_id,
    _time_zone as time_zone,
    occurred_at,
    call_id,
    queue_code,
    agent_code,
    upper(event) as event,
    case when caller_extension is null then customer_id end as customer_id,
    caller_extension,
    wait_s,
    coalesce(talk_s, transferred_s) as talk_s,
    session_s,
    wrapup_s,
    pause_code,
    joins_paused is not null as joins_paused,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_asterisk', 'queue_log') }}
where _is_current
