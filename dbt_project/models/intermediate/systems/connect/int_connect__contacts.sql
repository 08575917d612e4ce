-- Grouped by the contact's date as well, so that a filter on the date reads those rows alone.
select
    chain_id as contact_id,
    min(site_id) as site_id,
    min(time_zone) as time_zone,
    max(dialled_number) as dialled_number,
    null as disposition_code,
    null as reason,
    null as language,
    min_by(customer_id, case when client_id <> 'unmapped' then record_number end) as customer_id,
    max(parent_contact_id) as parent_contact_id,
    min(started_at) as started_at,
    case when max(anomaly) is null then max(ended_at) end as ended_at,
    null as ivr_s,
    null as is_resolved,
    max(anomaly) as anomaly,
    contact_date as event_date,
    coalesce(
        min_by(client_id, case when client_id <> 'unmapped' then record_number end), 'unmapped'
    ) as client_id,
    min_by(file_id, record_number) as file_id,
    min_by(row_number, record_number) as row_number,
    case
        when min_by(initiation_method, record_number) like 'CALLBACK%' then 'callback'
        else min_by(channel, record_number)
    end as channel,
    case
        when
            min_by(initiation_method, record_number) like '%OUTBOUND'
            or min_by(initiation_method, record_number) like 'CALLBACK%'
            then 'outbound'
        else 'inbound'
    end as direction,
    case
        when max(case when outcome = 'answered' then 1 else 0 end) = 1 then 'answered'
        when
            max(case when outcome <> 'unqueued' then 1 else 0 end) = 0
            and min_by(initiation_method, record_number) in ('INBOUND', 'API')
            and max(anomaly) is null
            and max(transferred_to_queue) is null
            then 'abandoned_in_ivr'
        when max(case when outcome <> 'unqueued' then 1 else 0 end) = 0 then 'flowed_out'
        when
            max_by(outcome, case when outcome <> 'unqueued' then record_number end) = 'abandoned'
            then 'abandoned_in_queue'
        else max_by(outcome, case when outcome <> 'unqueued' then record_number end)
    end as outcome
from {{ ref('int_connect__chains') }}
group by chain_id, contact_date
