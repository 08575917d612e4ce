-- A few rows a week: rebuilt whole.
with localised as (
    select
        *,
        cast({{ to_local('started_at', 'time_zone') }} as date) as site_date
    from {{ ref('feed_disruptions') }}
)

select
    {{ scoped_id('hit.source_system', 'hit.disruption_id') }} as disruption_id,
    hit.source_system,
    hit.kind,
    hit.client_id,
    hit.site_id,
    coalesce(hit.queue_source_system, hit.source_system) || ':' || hit.queue_code as queue_id,
    coalesce(agent.agent_id, hit.source_system || ':' || hit.agent_code) as agent_id,
    coalesce(hit.time_zone, 'UTC') as time_zone,
    hit.started_at as started_at_utc,
    hit.ended_at as ended_at_utc,
    hit.event_date,
    hit.site_date,
    coalesce(hit.is_excused, false) as is_excused,
    hit.ended_at is null as is_open,
    cast({{ seconds_between('hit.started_at', 'hit.ended_at') }} as bigint) as duration_s,
    hit.file_id,
    hit.row_number
from localised as hit
left join {{ ref('stg_company__agents') }} as agent
    on
        hit.source_system = agent.source_system
        and hit.agent_code = agent.agent_code
        and {{ valid_on('agent', 'hit.site_date') }}
