select
    call_id as contact_id,
    _client_id as client_id,
    'phonenow' as site_id,
    _time_zone as time_zone,
    'voice' as channel,
    'inbound' as direction,
    null as dialled_number,
    null as disposition_code,
    topic as reason,
    null as language,
    null as customer_id,
    null as parent_contact_id,
    started_at,
    null as ended_at,
    null as ivr_s,
    case when is_answered then 'answered' else 'abandoned_in_queue' end as outcome,
    is_resolved,
    null as anomaly,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_phonenow', 'calls') }}
where _is_current
