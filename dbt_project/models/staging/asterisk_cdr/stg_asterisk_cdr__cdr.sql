select
    site_id,
    linked_id,
    unique_id,
    sequence_n,
    _client_id as client_id,
    _time_zone as time_zone,
    case when direction = 'unclassified' then 'unmapped' else direction end as direction,
    lower(last_app) as last_app,
    is_local is not null as is_local,
    caller_code,
    agent_code,
    extension,
    started_at,
    answered_at,
    ended_at,
    talk_s,
    upper(disposition) as disposition,
    customer_id,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_asterisk_cdr', 'cdr') }}
where _is_current
