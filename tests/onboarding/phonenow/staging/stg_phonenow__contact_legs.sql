select
    call_id as contact_id,
    1 as leg_number,
    _client_id as client_id,
    'phonenow' as site_id,
    _time_zone as time_zone,
    'main' as queue_code,
    agent_code,
    started_at as queued_at,
    speed_of_answer_s as wait_s,
    talk_s,
    null as hold_s,
    null as hold_count,
    null as acw_s,
    null as dialling_s,
    case when is_answered then 'answered' else 'abandoned' end as outcome,
    null as transferred_to_queue,
    null as ring_no_answer_count,
    null as anomaly,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_phonenow', 'calls') }}
where _is_current
