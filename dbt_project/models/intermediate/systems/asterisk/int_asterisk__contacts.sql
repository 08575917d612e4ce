-- Grouped by the contact's date as well, so that a filter on the date reads those rows alone.
select
    contact_id,
    min(site_id) as site_id,
    min(time_zone) as time_zone,
    'voice' as channel,
    'inbound' as direction,
    null as dialled_number,
    null as disposition_code,
    null as reason,
    null as language,
    max(customer_id) as customer_id,
    null as parent_contact_id,
    min(queued_at) as started_at,
    max(ended_at) as ended_at,
    null as ivr_s,
    null as is_resolved,
    min(anomaly) as anomaly,
    contact_date as event_date,
    min_by(client_id, leg_number) as client_id,
    min_by(file_id, leg_number) as file_id,
    min_by(row_number, leg_number) as row_number,
    case
        when max(case when outcome = 'answered' then 1 else 0 end) = 1 then 'answered'
        when max_by(outcome, leg_number) = 'abandoned' then 'abandoned_in_queue'
        when max_by(outcome, leg_number) in ('full', 'unstaffed') then 'closed'
        else max_by(outcome, leg_number)
    end as outcome
from {{ ref('int_asterisk__visits') }}
group by contact_id, contact_date
