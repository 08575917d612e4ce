{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'event_date', 'feeds': {'absences': [0, 0]}}}
) }}

with localised as (
    select
        *,
        cast({{ to_local('started_at', 'time_zone') }} as date) as site_date
    from {{ ref('feed_absences') }}
    where {{ only_touched('event_date') }}
)

select
    {{ scoped_id('absence.source_system', 'absence.absence_id') }} as absence_id,
    absence.source_system,
    coalesce(agent.agent_id, {{ scoped_id('absence.source_system', 'absence.agent_code') }})
        as agent_id,
    agent.agent_id is not null as is_mapped,
    coalesce(absence.site_id, agent.site_id, 'unmapped') as site_id,
    coalesce(absence.time_zone, 'UTC') as time_zone,
    absence.started_at as started_at_utc,
    absence.ended_at as ended_at_utc,
    absence.event_date,
    absence.site_date,
    absence.absence_class,
    coalesce(absence.is_planned, absence.absence_class in ('annual_leave', 'statutory_leave'))
        as is_planned,
    absence.is_paid,
    absence.recorded_at as recorded_at_utc,
    cast({{ seconds_between('absence.started_at', 'absence.ended_at') }} as bigint) as duration_s,
    absence.file_id,
    absence.row_number
from localised as absence
left join {{ ref('int_staff_codes') }} as agent
    on
        absence.source_system = agent.source_system
        and absence.agent_code = agent.agent_code
        and {{ valid_on('agent', 'absence.site_date') }}
