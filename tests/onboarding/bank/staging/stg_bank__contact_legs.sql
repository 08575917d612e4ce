select
    call_id || '@' || strftime(entered_at, '%Y%m%d%H%M%S') as contact_id,
    1 as leg_number,
    _client_id as client_id,
    'bank' as site_id,
    _time_zone as time_zone,
    case when queued_at is not null or queue_s > 0 then 'main' end as queue_code,
    server as agent_code,
    coalesce(queued_at, service_started_at, entered_at) as queued_at,
    null as answered_at,
    queue_s as wait_s,
    service_s as talk_s,
    0 as hold_s,
    0 as hold_count,
    null as acw_s,
    null as dialling_s,
    case
        when outcome = 'AGENT' then 'answered'
        when outcome = 'HANG' then 'abandoned'
        else 'closed'
    end as outcome,
    null as transferred_to_queue,
    null as ring_no_answer_count,
    case when outcome = 'HANG' and service_s > 0 then 'abandoned_with_talk' end as anomaly,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_bank', 'calls') }}
where _is_current and (queued_at is not null or queue_s > 0 or outcome = 'AGENT')
