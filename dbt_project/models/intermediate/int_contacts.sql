with localised as (
    select
        sent.*,
        {{ local_on('sent.started_at', 'sent.time_zone', 'zone_day') }} as started_local
    from {{ ref('feed_contacts') }} as sent
    left join {{ ref('int_zone_day') }} as zone_day
        on sent.time_zone = zone_day.time_zone and sent.event_date = zone_day.event_date
)

select
    contact.source_system,
    dialled.line_of_business,
    contact.channel,
    contact.direction,
    contact.language,
    contact.customer_id,
    contact.started_at as started_at_utc,
    contact.ended_at as ended_at_utc,
    contact.event_date,
    contact.outcome,
    contact.ivr_s,
    contact.is_resolved,
    contact.anomaly,
    contact.records_n,
    contact.records_incoming_n,
    contact.file_id,
    contact.row_number,
    {{ scoped_id('contact.source_system', 'contact.contact_id') }} as contact_id,
    contact.source_system || ':' || contact.parent_contact_id as parent_contact_id,
    coalesce(contact.client_id, 'unmapped') as client_id,
    coalesce(contact.site_id, 'unmapped') as site_id,
    coalesce(contact.time_zone, 'UTC') as time_zone,
    case
        when disposition.reason is not null then disposition.reason
        when contact.reason is not null then contact.reason
        when contact.disposition_code is not null then 'unmapped'
    end as reason,
    coalesce(
        contact.direction = 'inbound' and contact.outcome not in ('phantom', 'unmapped'), false
    ) as is_offered,
    cast(contact.started_local as date) as site_date,
    {{ half_hour_start('contact.started_at', 'contact.started_local') }} as half_hour_start_utc,
    {{ half_hour_of_day('contact.started_local') }} as half_hour_of_day
from localised as contact
left join {{ ref('stg_company__dialled_numbers') }} as dialled
    on
        contact.source_system = dialled.source_system
        and contact.dialled_number = dialled.dialled_number
        and {{ valid_on('dialled', 'cast(contact.started_local as date)') }}
left join {{ ref('stg_company__dispositions') }} as disposition
    on
        contact.source_system = disposition.source_system
        and contact.disposition_code = disposition.disposition_code
        and {{ valid_on('disposition', 'cast(contact.started_local as date)') }}
