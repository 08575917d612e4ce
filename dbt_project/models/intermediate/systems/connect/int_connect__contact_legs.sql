select
    chain_id as contact_id,
    contact_date,
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
    pause_s,
    dialling_s,
    outcome,
    transferred_to_queue,
    direction as leg_direction,
    lower(initiation_method) as began_as,
    queued_as,
    joined_as,
    case when queued_as <> 'unmapped' then is_connected end as is_agent_connected,
    connection_attempts_n as agent_attempts_n,
    queued_as <> 'unmapped' and is_abandon_by_aws as is_source_abandon,
    case
        when answered_at is not null then greatest(connection_attempts_n - 1, 0)
        else connection_attempts_n
    end as ring_no_answer_count,
    anomaly,
    event_date,
    file_id,
    row_number
from {{ ref('int_connect__chains') }}
where
    not is_listening
    and (
        queued_as not in ('none', 'unmapped')
        or queue_code is not null
        or outcome not in ('unqueued', 'callback_requested')
        or coalesce(talk_s, 0) + coalesce(acw_s, 0) > 0
    )
