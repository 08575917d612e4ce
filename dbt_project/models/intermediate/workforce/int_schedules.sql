with ranked as (
    select
        *,
        published_at = max(published_at) over (
            partition by source_system, agent_code, schedule_date
        ) as is_last_published
    from {{ ref('feed_schedules') }}
)

select
    schedule.source_system,
    schedule.activity_code,
    schedule.is_last_published,
    schedule.schedule_date as shift_date,
    schedule.published_at as published_at_utc,
    schedule.started_at as started_at_utc,
    schedule.ended_at as ended_at_utc,
    schedule.event_date,
    schedule.file_id,
    schedule.row_number,
    coalesce(agent.agent_id, {{ scoped_id('schedule.source_system', 'schedule.agent_code') }})
        as agent_id,
    agent.agent_id is not null as is_mapped,
    coalesce(schedule.site_id, agent.site_id, 'unmapped') as site_id,
    coalesce(schedule.time_zone, 'UTC') as time_zone,
    coalesce(code.activity, 'unmapped') as activity,
    coalesce(schedule.is_paid, code.is_paid, false) as is_paid,
    cast({{ seconds_between('schedule.started_at', 'schedule.ended_at') }} as bigint) as duration_s
from ranked as schedule
left join {{ ref('int_staff_codes') }} as agent
    on
        schedule.source_system = agent.source_system
        and schedule.agent_code = agent.agent_code
        and {{ valid_on('agent', 'schedule.schedule_date') }}
left join {{ ref('stg_company__activity_codes') }} as code
    on
        schedule.source_system = code.source_system
        and schedule.activity_code = code.activity_code
        and {{ valid_on('code', 'schedule.schedule_date') }}
