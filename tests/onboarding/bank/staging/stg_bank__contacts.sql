select
    call_id || '@' || strftime(entered_at, '%Y%m%d%H%M%S') as contact_id,
    _client_id as client_id,
    'bank' as site_id,
    _time_zone as time_zone,
    'voice' as channel,
    'inbound' as direction,
    vru_line as dialled_number,
    null as disposition_code,
    service_type as reason,
    null as language,
    customer_id,
    null as parent_contact_id,
    entered_at as started_at,
    null as ended_at,
    case when vru_s >= 0 then vru_s end as ivr_s,
    case
        when outcome = 'AGENT' then 'answered'
        when outcome = 'PHANTOM' then 'phantom'
        when queued_at is null and queue_s = 0 then 'abandoned_in_ivr'
        else 'abandoned_in_queue'
    end as outcome,
    null as is_resolved,
    case
        when vru_s < 0 then 'ivr_clock_skew'
        when outcome = 'AGENT' and server is null then 'answered_without_agent'
        when outcome = 'HANG' and service_s > 0 then 'abandoned_with_talk'
    end as anomaly,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_bank', 'calls') }}
where _is_current
