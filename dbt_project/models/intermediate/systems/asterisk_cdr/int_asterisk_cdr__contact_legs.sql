-- Phones that rang beside the one that answered are no legs, and neither is what a machine said.
select
    contact_id,
    cast(row_number() over (partition by contact_id order by record_number) as integer)
        as leg_number,
    client_id,
    site_id,
    time_zone,
    null as queue_code,
    agent_code,
    started_at as queued_at,
    answered_at,
    case
        when direction <> 'outbound' then {{ seconds_between('started_at', 'answered_at') }}
    end as wait_s,
    talk_s,
    null as hold_s,
    null as hold_count,
    null as acw_s,
    case
        when direction = 'outbound' then {{ seconds_between('started_at', 'answered_at') }}
    end as dialling_s,
    case
        when answered_by = 'person' then 'answered'
        when answered_by = 'unmapped' then 'unmapped'
        else 'flowed_out'
    end as outcome,
    null as transferred_to_queue,
    null as ring_no_answer_count,
    null as anomaly,
    cast(started_at as date) as event_date,
    file_id,
    row_number
from {{ ref('int_asterisk_cdr__calls') }}
where answered_by in ('person', 'outside', 'unmapped') or direction = 'outbound'
