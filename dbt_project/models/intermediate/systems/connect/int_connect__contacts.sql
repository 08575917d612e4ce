-- Grouped by the contact's date as well, so that a filter on the date reads those rows alone.
with records as (
    select
        *,
        case when joined_as is null then record_number end as main_number,
        case when joined_as is null and outcome <> 'unqueued' then record_number end as leg_number
    from {{ ref('int_connect__chains') }}
)

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
    min(case when not is_listening then started_at end) as started_at,
    case when max(anomaly) is null then max(case when not is_listening then ended_at end) end
        as ended_at,
    null as ivr_s,
    null as is_resolved,
    max(anomaly) as anomaly,
    cast(count(*) as integer) as records_n,
    cast(sum(
        case when initiation_method in ('INBOUND', 'TRANSFER', 'QUEUE_TRANSFER') then 1 else 0 end
    ) as integer) as records_incoming_n,
    contact_date as event_date,
    coalesce(
        min_by(client_id, case when client_id <> 'unmapped' then record_number end), 'unmapped'
    ) as client_id,
    min_by(file_id, record_number) as file_id,
    min_by(row_number, record_number) as row_number,
    case
        when max(case when record_number = 1 and is_callback then 1 else 0 end) = 1 then 'callback'
        else min_by(channel, record_number)
    end as channel,
    min_by(direction, record_number) as direction,
    case
        when min_by(direction, record_number) = 'unmapped' then 'unmapped'
        when max(case when outcome = 'answered' and joined_as is null then 1 else 0 end) = 1
            then 'answered'
        when max(leg_number) is not null and max_by(outcome, leg_number) = 'abandoned'
            then 'abandoned_in_queue'
        when max(leg_number) is not null then max_by(outcome, leg_number)
        -- Whom the customer himself left before any queue gave up; nobody else did.
        when
            min_by(direction, record_number) = 'inbound'
            and max(anomaly) is null
            and max_by(direction, main_number) = 'inbound'
            and not max_by(is_passed_on, main_number)
            and max_by(ended_by, main_number) = 'customer'
            then 'abandoned_in_ivr'
        else 'flowed_out'
    end as outcome
from records
group by chain_id, contact_date
having max(record_number) is not null
