{{ config(materialized='table') }}

with hires as (
    select
        coalesce(ramp.client_id, 'unmapped') as client_id,
        ramp.metric,
        0 as entry_day,
        ramp.days_observed_n as exit_day,
        ramp.is_reached as is_event
    from {{ ref('agent_ramp') }} as ramp
    where ramp.is_watched_from_start
),

{{ risk_sets('hires', ['client_id', 'metric']) }},

{{ kaplan_meier(['client_id', 'metric']) }},

watched as (
    select
        client_id,
        metric,
        count(*) as hires_n,
        {{ count_if('is_event') }} as reached_n,
        max(exit_day) as longest_days
    from hires
    group by client_id, metric
),

reached as (
    select
        client_id,
        metric,
        -- A product of shares that is one half may be off by the last bit.
        min(case when survival_rate <= 0.5 + 1e-12 then day_n end) as median_days,
        min(case when day_n <= 90 then survival_rate end) as not_yet_rate
    from survival
    group by client_id, metric
)

select
    watched.client_id,
    watched.metric,
    as_of.as_of_date,
    cast(watched.hires_n as bigint) as hires_n,
    cast(watched.reached_n as bigint) as reached_n,
    cast(reached.median_days as integer) as median_days,
    case when watched.longest_days >= 90 then coalesce(reached.not_yet_rate, 1e0) end
        as not_yet_after_90_days_rate
from watched
cross join {{ ref('int_as_of') }} as as_of
left join reached on watched.client_id = reached.client_id and watched.metric = reached.metric
