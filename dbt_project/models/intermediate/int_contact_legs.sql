with localised as (
    select
        sent.*,
        {{ local_on('sent.queued_at', 'sent.time_zone', 'zone_day') }} as queued_local
    from {{ ref('feed_contact_legs') }} as sent
    left join {{ ref('int_zone_day') }} as zone_day
        on sent.time_zone = zone_day.time_zone and sent.event_date = zone_day.event_date
)

select
    leg.leg_number,
    leg.source_system,
    queue.line_of_business,
    queue.channel,
    queue.language,
    leg.queued_at as queued_at_utc,
    leg.answered_at as sent_answered_at_utc,
    leg.event_date,
    leg.outcome,
    leg.wait_s,
    leg.dialling_s,
    leg.pause_s,
    leg.contact_date,
    leg.leg_direction,
    leg.began_as,
    leg.queued_as,
    leg.joined_as,
    leg.agent_attempts_n,
    leg.is_agent_connected,
    leg.is_source_abandon,
    leg.is_source_short_abandon,
    leg.anomaly,
    leg.file_id,
    leg.row_number,
    {{ scoped_id('leg.source_system', 'leg.contact_id') }} as contact_id,
    coalesce(nullif(leg.client_id, 'unmapped'), queue.client_id) as client_id,
    coalesce(leg.site_id, 'unmapped') as site_id,
    coalesce(leg.time_zone, 'UTC') as time_zone,
    {{ scoped_id('leg.source_system', 'leg.queue_code') }} as queue_id,
    coalesce(leg.queued_as <> 'none', leg.queue_code is not null) as has_queue,
    coalesce(agent.agent_id, leg.source_system || ':' || leg.agent_code) as agent_id,
    cast(leg.queued_local as date) as site_date,
    {{ half_hour_start('leg.queued_at', 'leg.queued_local') }} as half_hour_start_utc,
    {{ half_hour_of_day('leg.queued_local') }} as half_hour_of_day,
    coalesce(leg.outcome = 'answered', false) as is_answered,
    leg.transferred_to_queue is not null as is_transfer_out,
    coalesce(queue.service_level_threshold_s, {{ var('default_service_level_threshold_s') }})
        as threshold_s,
    coalesce(queue.short_abandon_s, {{ var('default_short_abandon_s') }}) as short_abandon_s,
    -- Nobody talked on a leg that nobody answered: that is a zero, not an unknown.
    case when leg.outcome = 'answered' then leg.talk_s else coalesce(leg.talk_s, 0) end as talk_s,
    case when leg.outcome = 'answered' then leg.hold_s else coalesce(leg.hold_s, 0) end as hold_s,
    case when leg.outcome = 'answered' then leg.acw_s else coalesce(leg.acw_s, 0) end as acw_s,
    coalesce(leg.hold_count, 0) as hold_count,
    coalesce(leg.ring_no_answer_count, 0) as ring_no_answer_count
from localised as leg
left join {{ ref('stg_company__queues') }} as queue
    on
        leg.source_system = queue.source_system
        and leg.queue_code = queue.queue_code
        and {{ valid_on('queue', 'cast(leg.queued_local as date)') }}
left join {{ ref('stg_company__agents') }} as agent
    on
        leg.source_system = agent.source_system
        and leg.agent_code = agent.agent_code
        and {{ valid_on('agent', 'cast(leg.queued_local as date)') }}
