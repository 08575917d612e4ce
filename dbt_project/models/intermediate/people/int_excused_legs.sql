-- Legs during an approved disruption: they count against nobody.
with hit_days as (
    select
        disruption.*,
        day_hit.date_day as hit_date
    from {{ ref('fct_disruption') }} as disruption
    inner join {{ ref('dim_date') }} as day_hit
        on
            disruption.event_date <= day_hit.date_day
            and day_hit.date_day <= cast(disruption.ended_at_utc as date)
            and day_hit.date_day
            <= {{ add_days('disruption.event_date', var('disruption_reach_days')) }}
    where disruption.is_excused
)

select distinct
    leg.leg_id,
    leg.event_date
from {{ ref('fct_contact_leg') }} as leg
inner join hit_days as hit
    on
        leg.event_date = hit.hit_date
        and leg.queued_at_utc >= hit.started_at_utc
        and leg.queued_at_utc < hit.ended_at_utc
        and leg.site_id = coalesce(hit.site_id, leg.site_id)
        and leg.client_id = coalesce(hit.client_id, leg.client_id)
        and leg.queue_id = coalesce(hit.queue_id, leg.queue_id)
        and leg.agent_id = coalesce(hit.agent_id, leg.agent_id)
where leg.agent_id is not null and leg.is_answered
