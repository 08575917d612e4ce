-- Each date on which an approved disruption lasted; one that is open, up to the day after tonight.
select
    disruption.disruption_id,
    disruption.client_id,
    disruption.site_id,
    disruption.queue_id,
    disruption.agent_id,
    disruption.started_at_utc,
    disruption.ended_at_utc,
    day_hit.date_day as hit_date,
    day_hit.date_day <= {{ add_days('disruption.event_date', var('disruption_reach_days')) }}
        as is_within_reach
from {{ ref('fct_disruption') }} as disruption
cross join {{ ref('int_as_of') }} as known
inner join {{ ref('dim_date') }} as day_hit
    on
        disruption.event_date <= day_hit.date_day
        and day_hit.date_day <= coalesce(
            cast(disruption.ended_at_utc as date), {{ add_days('known.as_of_date', 1) }}
        )
where disruption.is_excused
