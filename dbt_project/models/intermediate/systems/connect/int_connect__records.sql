-- Every record with what its initiation method means; one that is unknown is unmapped.
select
    record.contact_id,
    record.initial_contact_id,
    record.previous_contact_id,
    record.next_contact_id,
    record.site_id,
    record.client_id,
    record.time_zone,
    record.channel,
    record.initiation_method,
    record.started_at,
    record.ended_at,
    record.reached_at,
    record.transferred_at,
    record.queue_code,
    record.queued_at,
    record.wait_s,
    record.agent_code,
    record.answered_at,
    record.talk_s,
    record.hold_s,
    record.hold_count,
    record.acw_s,
    record.acw_started_at,
    record.pause_s,
    record.connection_attempts_n,
    record.customer_id,
    record.dialled_number,
    record.event_date,
    record.file_id,
    record.row_number,
    coalesce(method.direction, 'unmapped') as direction,
    coalesce(method.waits, 'unmapped') as waits,
    coalesce(method.is_dialled, false) as is_dialled,
    record.initiation_method = 'MONITOR' as is_listening,
    record.initiation_method like 'CALLBACK%' as is_callback,
    record.queued_at is not null as is_enqueued,
    record.answered_at is not null as is_connected,
    record.answered_at is not null
    and method.initiation_method is not null
    and (not method.is_dialled or record.reached_at is not null) as is_answered,
    coalesce(record.acw_started_at, record.ended_at) as left_at,
    coalesce(record.talk_s, 0) + coalesce(record.hold_s, 0) + coalesce(record.acw_s, 0)
    + coalesce(record.pause_s, 0) as worked_s,
    -- Not said is the customer, as AWS leaves it out for many; a reason without a row is nobody's.
    case
        when record.disconnect_reason is null then 'customer'
        else coalesce(reason.ended_by, 'unmapped')
    end as ended_by
from {{ ref('stg_connect__contact_records') }} as record
left join {{ ref('int_connect__initiation_methods') }} as method
    on
        record.initiation_method = method.initiation_method
        and method.channel in ('any', record.channel)
left join {{ ref('int_connect__disconnect_reasons') }} as reason
    on record.disconnect_reason = reason.disconnect_reason
