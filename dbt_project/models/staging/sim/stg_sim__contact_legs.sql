select
    contact_id,
    leg_number,
    _client_id as client_id,
    site_id,
    _time_zone as time_zone,
    queue_code,
    agent_code,
    queued_at,
    wait_s,
    talk_s,
    hold_s,
    hold_count,
    acw_s,
    null as dialling_s,
    outcome,
    transferred_to_queue,
    ring_no_answer_count,
    null as anomaly,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_sim', 'contact_legs') }}
where _is_current
