with localised as (
    select
        *,
        cast({{ to_local('occurred_at', 'time_zone') }} as date) as site_date
    from {{ ref('feed_case_events') }}
)

select
    event.source_system,
    event.kind,
    -- An owner is somebody's login; who acted is told by the agent's id alone.
    case when event.kind <> 'assigned' then event.old_value end as old_value,
    -- A case that swallowed another is told by the id of the case, in fct_case.
    case when event.kind not in ('assigned', 'merged') then event.new_value end as new_value,
    event.occurred_at as occurred_at_utc,
    event.event_date,
    event.site_date,
    event.file_id,
    event.row_number,
    {{ scoped_id('event.source_system', 'event.case_event_id') }} as case_event_id,
    {{ scoped_id('event.source_system', 'event.case_id') }} as case_id,
    coalesce(event.client_id, 'unmapped') as client_id,
    coalesce(event.time_zone, 'UTC') as time_zone,
    coalesce(agent.agent_id, event.source_system || ':' || event.agent_code) as agent_id
from localised as event
left join {{ ref('stg_company__agents') }} as agent
    on
        event.source_system = agent.source_system
        and event.agent_code = agent.agent_code
        and {{ valid_on('agent', 'event.site_date') }}
