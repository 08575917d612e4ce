with localised as (
    select
        sent.*,
        cast({{ local_on('sent.started_at', 'sent.time_zone', 'zone_day') }} as date) as site_date
    from {{ ref('feed_agent_activity') }} as sent
    left join {{ ref('int_zone_day') }} as zone_day
        on sent.time_zone = zone_day.time_zone and sent.event_date = zone_day.event_date
)

select
    state.source_system,
    state.activity_code,
    state.started_at as started_at_utc,
    state.ended_at as ended_at_utc,
    state.event_date,
    state.site_date,
    state.file_id,
    state.row_number,
    {{ scoped_id('state.source_system', 'state.agent_code') }} || '@'
    || cast(state.started_at as {{ dbt.type_string() }}) as activity_id,
    coalesce(agent.agent_id, {{ scoped_id('state.source_system', 'state.agent_code') }})
        as agent_id,
    agent.agent_id is not null as is_mapped,
    coalesce(state.site_id, agent.site_id, 'unmapped') as site_id,
    coalesce(state.time_zone, 'UTC') as time_zone,
    coalesce(site.shift_date_rule, 'start') as shift_date_rule,
    coalesce(code.activity, 'unmapped') as activity,
    coalesce(code.is_paid, false) as is_paid,
    coalesce(state.is_logged_in, true) as is_logged_in,
    cast({{ seconds_between('state.started_at', 'state.ended_at') }} as bigint)
        as duration_s
from localised as state
left join {{ ref('stg_company__agents') }} as agent
    on
        state.source_system = agent.source_system
        and state.agent_code = agent.agent_code
        and {{ valid_on('agent', 'state.site_date') }}
left join {{ ref('stg_company__activity_codes') }} as code
    on
        state.source_system = code.source_system
        and state.activity_code = code.activity_code
        and {{ valid_on('code', 'state.site_date') }}
left join {{ ref('stg_company__sites') }} as site
    on
        state.site_id = site.site_id
        and {{ valid_on('site', 'state.site_date') }}
