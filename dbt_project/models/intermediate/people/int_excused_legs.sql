-- Legs during an approved disruption: they count against nobody.
select distinct
    leg.leg_id,
    leg.event_date
from {{ ref('fct_contact_leg') }} as leg
inner join {{ ref('int_excused_day') }} as hit
    on
        leg.event_date = hit.hit_date
        and hit.is_within_reach
        and leg.queued_at_utc >= hit.started_at_utc
        and leg.queued_at_utc < hit.ended_at_utc
        and leg.site_id = coalesce(hit.site_id, leg.site_id)
        and leg.client_id = coalesce(hit.client_id, leg.client_id)
        and leg.queue_id = coalesce(hit.queue_id, leg.queue_id)
        and leg.agent_id = coalesce(hit.agent_id, leg.agent_id)
where leg.agent_id is not null and leg.is_answered
