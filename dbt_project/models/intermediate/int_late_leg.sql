{% set span = var('contact_span_days') %}
{{ config(
    materialized='incremental',
    meta={
        'touched': {
            'column': 'event_date', 'feeds': {'contact_legs': [0, 0]}, 'also': 'dates_of_late_legs'
        },
        'touches': {'system': 'late', 'contacts': 'contact_date', 'contact_legs': 'event_date'}
    }
) }}

-- Sources that name the date of a leg's contact need no search.
with legs as (
    select
        leg.source_system,
        leg.contact_id,
        leg.leg_number,
        leg.event_date
    from {{ ref('feed_contact_legs') }} as leg
    left join {{ ref('feed_contacts') }} as contact
        on
            leg.source_system = contact.source_system
            and leg.contact_id = contact.contact_id
            and leg.event_date between contact.event_date
            and {{ add_days('contact.event_date', span) }}
            and {{ only_touched('contact.event_date', before=span) }}
    where
        leg.contact_date is null
        and contact.contact_id is null
        and {{ only_touched('leg.event_date') }}
),

found as (
    select
        legs.source_system,
        legs.contact_id,
        legs.leg_number,
        legs.event_date,
        max(contact.event_date) as contact_date
    from {{ ref('feed_contacts') }} as contact
    inner join legs
        on contact.source_system = legs.source_system and contact.contact_id = legs.contact_id
    where contact.event_date < legs.event_date
    group by legs.source_system, legs.contact_id, legs.leg_number, legs.event_date
)

select
    legs.source_system,
    legs.contact_id,
    {{ scoped_id('legs.source_system', 'legs.contact_id') }} as scoped_contact_id,
    legs.leg_number,
    legs.event_date,
    found.contact_date
from legs
left join found
    on
        legs.source_system = found.source_system
        and legs.contact_id = found.contact_id
        and legs.leg_number = found.leg_number
        and legs.event_date = found.event_date
