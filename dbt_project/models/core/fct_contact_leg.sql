{% set span = var('contact_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date',
        'feeds': {'contact_legs': [0, 0], 'contacts': [0, span]}
    }}
) }}

with legs as (
    select *
    from {{ ref('int_contact_legs') }}
    where {{ only_touched('event_date') }}
),

contacts as (
    select *
    from {{ ref('int_contacts') }}
    where {{ only_touched('event_date', before=span) }}
)

select
    leg.contact_id || '#' || cast(leg.leg_number as {{ dbt.type_string() }}) as leg_id,
    leg.contact_id,
    leg.leg_number,
    leg.source_system,
    coalesce(leg.client_id, contact.client_id, 'unmapped') as client_id,
    leg.site_id,
    leg.time_zone,
    leg.queue_id,
    leg.agent_id,
    coalesce(contact.channel, leg.channel) as channel,
    contact.direction,
    coalesce(leg.line_of_business, contact.line_of_business, 'unmapped') as line_of_business,
    contact.reason,
    coalesce(contact.language, leg.language) as language,
    leg.queued_at_utc,
    case
        when leg.is_answered
            then
                coalesce(
                    leg.sent_answered_at_utc,
                    {{ add_seconds('leg.queued_at_utc', 'coalesce(leg.wait_s, 0)') }}
                )
    end as answered_at_utc,
    leg.event_date,
    leg.site_date,
    leg.half_hour_start_utc,
    leg.half_hour_of_day,
    leg.outcome,
    coalesce(contact.is_offered, false) as is_offered,
    leg.is_answered,
    coalesce(contact.is_offered and leg.outcome = 'abandoned', false) as is_abandoned,
    coalesce(
        contact.is_offered
        and leg.outcome = 'abandoned'
        and leg.wait_s <= leg.short_abandon_s,
        false
    ) as is_short_abandon,
    coalesce(
        contact.is_offered and leg.is_answered and leg.wait_s <= leg.threshold_s, false
    ) as is_answered_within_threshold,
    leg.threshold_s,
    leg.short_abandon_s,
    leg.is_transfer_out,
    leg.wait_s,
    leg.talk_s,
    leg.hold_s,
    leg.hold_count,
    leg.acw_s,
    leg.dialling_s,
    {{ handle_s('leg') }} as handle_s,
    leg.ring_no_answer_count,
    leg.anomaly,
    leg.file_id,
    leg.row_number
from legs as leg
left join contacts as contact
    on
        leg.contact_id = contact.contact_id
        and leg.event_date between contact.event_date
        and {{ add_days('contact.event_date', span) }}
