select
    contact_id,
    min(site_id) as site_id,
    min(time_zone) as time_zone,
    'voice' as channel,
    min(direction) as direction,
    null as dialled_number,
    null as disposition_code,
    null as reason,
    null as language,
    min_by(customer_id, record_number) as customer_id,
    null as parent_contact_id,
    min(started_at) as started_at,
    max(ended_at) as ended_at,
    null as ivr_s,
    null as is_resolved,
    null as anomaly,
    contact_date as event_date,
    min_by(client_id, record_number) as client_id,
    min_by(file_id, record_number) as file_id,
    min_by(row_number, record_number) as row_number,
    case
        {% for who, outcome in [
            ('person', 'answered'), ('unmapped', 'unmapped'), ('outside', 'flowed_out')
        ] -%}
        when max(case when answered_by = '{{ who }}' then 1 else 0 end) = 1 then '{{ outcome }}'
        {% endfor -%}
        when min(direction) = 'outbound' then 'flowed_out'
        when max(case when answered_by = 'voicemail' then 1 else 0 end) = 1 then 'voicemail'
        else 'abandoned_in_ivr'
    end as outcome
from {{ ref('int_asterisk_cdr__calls') }}
group by contact_id, contact_date
