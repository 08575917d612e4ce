{% set span = var('contact_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date',
        'feeds': {'contacts': [0, 0], 'contact_legs': [-1 * span, 0]}
    }}
) }}

with contacts as (
    select *
    from {{ ref('int_contacts') }}
    where {{ only_touched('event_date') }}
),

-- Where the source tells the date of a leg's contact, by that; else near it, or found by its id.
dated_legs as (
    select
        *,
        contact_date as far_date
    from {{ ref('int_contact_legs') }}
    where contact_date is null and {{ only_touched('event_date', after=span) }}
    union all
    select
        *,
        contact_date as far_date
    from {{ ref('int_contact_legs') }}
    where contact_date is not null and {{ only_touched('contact_date') }}
    union all
    select
        leg.*,
        late.contact_date as far_date
    from {{ ref('int_contact_legs') }} as leg
    inner join {{ ref('int_late_leg') }} as late
        on
            leg.contact_id = late.scoped_contact_id
            and leg.leg_number = late.leg_number
            and leg.event_date = late.event_date
    where late.contact_date is not null and {{ only_touched('late.contact_date') }}
),

legs as (
    select
        leg.*,
        {{ handle_s('leg') }} as handle_s,
        min(case when leg.is_answered and leg.joined_as is null then leg.leg_number end)
            over (partition by leg.contact_id) as first_answered_leg,
        max(case when leg.is_answered and leg.joined_as is null then leg.leg_number end)
            over (partition by leg.contact_id) as last_answered_leg,
        coalesce(
            min(case when leg.has_queue then leg.leg_number end) over (partition by leg.contact_id),
            min(leg.leg_number) over (partition by leg.contact_id)
        ) as leading_leg
    from dated_legs as leg
),

totals as (
    select
        contact.contact_id,
        sum(
            case
                when leg.has_queue and coalesce(leg.queued_as, 'customer') <> 'consultation' then 1
                else 0
            end
        ) as queue_visits_n,
        sum(case when leg.is_answered then 1 else 0 end) as legs_answered_n,
        -- Who was only asked, or joined a conversation, has taken nothing over.
        count(distinct case when leg.joined_as is null then leg.agent_id end) as agents_n,
        max(case when leg.leg_number = leg.last_answered_leg then leg.agent_id end) as agent_id,
        sum(case when leg.is_transfer_out then 1 else 0 end) as transfers_n,
        -- A wait in a queue that nobody measured makes the whole wait unknown.
        case
            when
                sum(
                    case
                        when
                            leg.has_queue
                            and leg.wait_s is null
                            and (
                                leg.first_answered_leg is null
                                or leg.leg_number <= leg.first_answered_leg
                            )
                            then 1
                        else 0
                    end
                ) = 0
                then
                    sum(
                        case
                            when
                                leg.first_answered_leg is null
                                or leg.leg_number <= leg.first_answered_leg
                                then leg.wait_s
                        end
                    )
        end as wait_s,
        sum(leg.talk_s) as talk_s,
        sum(leg.hold_s) as hold_s,
        sum(leg.acw_s) as acw_s,
        sum(leg.handle_s) as handle_s,
        sum(leg.dialling_s) as dialling_s,
        -- The terms of the first queue hold for the whole contact.
        max(case when leg.leg_number = leg.leading_leg then leg.threshold_s end) as threshold_s,
        max(case when leg.leg_number = leg.leading_leg then leg.short_abandon_s end)
            as short_abandon_s,
        max(case when leg.leg_number = leg.leading_leg then leg.line_of_business end)
            as line_of_business
    from contacts as contact
    inner join legs as leg
        on
            contact.contact_id = leg.contact_id
            and case
                when leg.far_date is not null then contact.event_date = leg.far_date
                else
                    leg.event_date between contact.event_date
                    and {{ add_days('contact.event_date', span) }}
            end
    group by contact.contact_id
)

select
    contact.contact_id,
    contact.source_system,
    contact.client_id,
    contact.site_id,
    contact.time_zone,
    coalesce(contact.line_of_business, total.line_of_business, 'unmapped') as line_of_business,
    contact.channel,
    contact.direction,
    contact.reason,
    contact.language,
    contact.customer_id,
    total.agent_id,
    contact.parent_contact_id,
    contact.started_at_utc,
    contact.ended_at_utc,
    contact.event_date,
    contact.site_date,
    contact.half_hour_start_utc,
    contact.half_hour_of_day,
    contact.outcome,
    contact.is_offered,
    coalesce(total.queue_visits_n, 0) > 0 as is_queued,
    contact.outcome = 'answered' as is_answered,
    contact.is_offered
    and contact.outcome in ('abandoned_in_ivr', 'abandoned_in_queue') as is_abandoned,
    coalesce(
        contact.is_offered
        and contact.outcome = 'abandoned_in_queue'
        and total.wait_s <= total.short_abandon_s,
        false
    ) as is_short_abandon,
    coalesce(
        contact.is_offered
        and contact.outcome = 'answered'
        and total.wait_s <= total.threshold_s,
        false
    ) as is_answered_within_threshold,
    cast(coalesce(total.queue_visits_n, 0) as integer) as queue_visits_n,
    cast(coalesce(total.legs_answered_n, 0) as integer) as legs_answered_n,
    cast(coalesce(total.agents_n, 0) as integer) as agents_n,
    cast(coalesce(total.transfers_n, 0) as integer) as transfers_n,
    contact.ivr_s,
    {% for part in ['wait_s', 'talk_s', 'hold_s', 'acw_s', 'handle_s', 'dialling_s'] -%}
    cast(
        case
            when total.contact_id is null and contact.outcome <> 'answered' then 0
            else total.{{ part }}
        end as integer
    ) as {{ part }},
    {% endfor -%}
    contact.is_resolved,
    contact.records_n,
    contact.records_incoming_n,
    contact.anomaly,
    contact.file_id,
    contact.row_number
from contacts as contact
left join totals as total on contact.contact_id = total.contact_id
