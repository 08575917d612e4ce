select
    contact_id,
    _client_id as client_id,
    site_id,
    _time_zone as time_zone,
    channel,
    direction,
    dialled_number,
    disposition_code,
    null as reason,
    language,
    customer_id,
    parent_contact_id,
    started_at,
    ended_at,
    ivr_s,
    outcome,
    null as is_resolved,
    null as anomaly,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_sim', 'contacts') }}
where _is_current
