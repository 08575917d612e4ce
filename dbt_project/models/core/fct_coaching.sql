-- Some rows a month and person: rebuilt whole.
with fact as (
    select
        *,
        cast({{ to_local('planned_at', "coalesce(time_zone, 'UTC')") }} as date) as site_date
    from {{ ref('feed_coaching') }}
),

known as (
    select cast({{ add_days('as_of_date', 2) }} as timestamp) as as_of_end_utc
    from {{ ref('int_as_of') }}
)

select
    {{ scoped_id('fact.source_system', 'fact.coaching_id') }} as coaching_id,
    fact.source_system,
    coalesce(agent.agent_id, {{ scoped_id('fact.source_system', 'fact.agent_code') }}) as agent_id,
    coalesce(coach.agent_id, fact.source_system || ':' || fact.coach_code) as coach_id,
    coalesce(fact.time_zone, 'UTC') as time_zone,
    fact.kind,
    fact.status,
    fact.topic,
    fact.action_code,
    fact.planned_at as planned_at_utc,
    fact.done_at as done_at_utc,
    fact.event_date,
    fact.site_date,
    cast({{ to_local('fact.done_at', "coalesce(fact.time_zone, 'UTC')") }} as date) as done_date,
    fact.action_due_date,
    fact.action_done_date,
    -- A session in the future has not been held, whatever the source says.
    fact.status = 'done'
    and fact.done_at is not null
    and not coalesce(fact.done_at > known.as_of_end_utc, false) as is_done,
    fact.status = 'planned' and fact.done_at is null as is_planned,
    coalesce(fact.done_at > known.as_of_end_utc, false) as is_done_in_future,
    fact.action_code is not null as has_action,
    fact.action_done_date is not null as is_action_done,
    fact.file_id,
    fact.row_number
from fact
cross join known
left join {{ ref('int_staff_codes') }} as agent
    on
        fact.source_system = agent.source_system
        and fact.agent_code = agent.agent_code
        and {{ valid_on('agent', 'fact.site_date') }}
left join {{ ref('int_staff_codes') }} as coach
    on
        fact.source_system = coach.source_system
        and fact.coach_code = coach.agent_code
        and {{ valid_on('coach', 'fact.site_date') }}
