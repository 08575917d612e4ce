select
    chain_id as contact_id,
    cast(row_number() over (partition by chain_id order by record_number) as integer) as leg_number,
    client_id,
    site_id,
    time_zone,
    queue_code,
    agent_code,
    queued_at,
    case when outcome = 'answered' then answered_at end as answered_at,
    wait_s,
    talk_s,
    hold_s,
    hold_count,
    acw_s,
    dialling_s,
    outcome,
    transferred_to_queue,
    case
        when answered_at is not null then greatest(connection_attempts_n - 1, 0)
        else connection_attempts_n
    end as ring_no_answer_count,
    anomaly,
    event_date,
    file_id,
    row_number
from {{ ref('int_connect__chains') }}
where queue_code is not null or answered_at is not null
