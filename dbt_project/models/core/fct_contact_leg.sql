{% set span = var('contact_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date',
        'feeds': {'contact_legs': [0, 0], 'contacts': [0, span]}
    }}
) }}

with legs as (
    select
        leg.*,
        coalesce(leg.contact_date, late.contact_date) as far_date,
        -- Between which dates the leg's contact lies. Compared one by one: a case in the condition
        -- of an outer join would compare every leg with every contact.
        coalesce(leg.contact_date, late.contact_date, {{ add_days('leg.event_date', -span) }})
            as contact_from_date,
        coalesce(leg.contact_date, late.contact_date, leg.event_date) as contact_to_date
    from {{ ref('int_contact_legs') }} as leg
    left join {{ ref('int_late_leg') }} as late
        on
            leg.contact_id = late.scoped_contact_id
            and leg.leg_number = late.leg_number
            and leg.event_date = late.event_date
            and {{ only_touched('late.event_date') }}
    where {{ only_touched('leg.event_date') }}
),

contacts as (
    select *
    from {{ ref('int_contacts') }}
    where {{ only_touched('event_date', before=span) }}
    union all
    select *
    from {{ ref('int_contacts') }}
    where
        event_date in (
            select legs.far_date
            from legs
            where legs.far_date is not null
        )
        and not {{ only_touched('event_date', before=span) }}
),

placed as (
    select
        leg.*,
        contact.contact_id is not null as has_contact,
        contact.client_id as contact_client_id,
        contact.channel as contact_channel,
        contact.direction as contact_direction,
        contact.line_of_business as contact_line_of_business,
        contact.language as contact_language,
        contact.reason,
        -- A visit of a customer to a queue, whoever called; a phantom is nobody, and an ending that
        -- no list knows is in no figure.
        coalesce(
            case
                when leg.outcome = 'unmapped' then false
                when leg.queued_as is null then contact.is_offered
                else leg.queued_as = 'customer' and contact.outcome <> 'phantom'
            end,
            false
        ) as is_offered,
        coalesce(
            leg.queued_as in ('customer', 'callback', 'consultation'), contact.is_offered, false
        ) as is_queued
    from legs as leg
    left join contacts as contact
        on
            leg.contact_id = contact.contact_id
            and leg.contact_from_date <= contact.event_date
            and leg.contact_to_date >= contact.event_date
)

select
    leg.contact_id || '#' || cast(leg.leg_number as {{ dbt.type_string() }}) as leg_id,
    leg.contact_id,
    leg.leg_number,
    leg.source_system,
    coalesce(leg.client_id, leg.contact_client_id, 'unmapped') as client_id,
    leg.site_id,
    leg.time_zone,
    leg.queue_id,
    leg.agent_id,
    coalesce(leg.contact_channel, leg.channel) as channel,
    coalesce(leg.leg_direction, leg.contact_direction) as direction,
    leg.began_as,
    coalesce(leg.line_of_business, leg.contact_line_of_business, 'unmapped') as line_of_business,
    leg.reason,
    coalesce(leg.contact_language, leg.language) as language,
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
    leg.queued_as,
    leg.joined_as,
    leg.is_queued,
    leg.is_offered,
    leg.is_answered,
    coalesce(leg.is_agent_connected, leg.is_answered) as is_agent_connected,
    leg.is_offered and leg.outcome = 'abandoned' as is_abandoned,
    leg.is_queued
    and coalesce(leg.is_source_abandon, leg.outcome = 'abandoned') as is_source_abandon,
    coalesce(
        leg.is_offered
        and leg.outcome = 'abandoned'
        and coalesce(leg.is_source_short_abandon, leg.wait_s <= leg.short_abandon_s),
        false
    ) as is_short_abandon,
    coalesce(
        leg.is_offered and leg.is_answered and leg.wait_s <= leg.threshold_s, false
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
    leg.pause_s,
    {{ handle_s('leg') }} as handle_s,
    leg.ring_no_answer_count,
    leg.agent_attempts_n,
    leg.anomaly,
    leg.file_id,
    leg.row_number
from placed as leg
