with rescinded as (
    select
        source_system,
        rescinds_event_id,
        min(recorded_at) as rescinded_at
    from {{ ref('feed_employment_events') }}
    where kind = 'rescind'
    group by source_system, rescinds_event_id
)

select
    event.source_system,
    event.kind,
    event.effective_date,
    event.recorded_at,
    rescinded.rescinded_at,
    event.is_regretted,
    event.hire_source,
    event.service_date,
    event.termination_code,
    event.file_id,
    event.row_number,
    {{ scoped_id('event.source_system', 'event.employment_event_id') }} as employment_event_id,
    event.source_system || ':' || event.rescinds_event_id as rescinds_event_id,
    coalesce(agent.agent_id, {{ scoped_id('event.source_system', 'event.agent_code') }})
        as agent_id,
    agent.agent_id is not null as is_mapped,
    case
        when event.kind = 'termination'
            then coalesce(event.termination_class, code.termination_class, 'unmapped')
    end as termination_class,
    case when event.kind = 'termination' then coalesce(code.reason, 'unmapped') end
        as termination_reason
from {{ ref('feed_employment_events') }} as event
left join rescinded
    on
        event.source_system = rescinded.source_system
        and event.employment_event_id = rescinded.rescinds_event_id
left join {{ ref('int_staff_codes') }} as agent
    on
        event.source_system = agent.source_system
        and event.agent_code = agent.agent_code
        and {{ valid_on('agent', 'event.effective_date') }}
left join {{ ref('stg_company__termination_codes') }} as code
    on
        event.source_system = code.source_system
        and event.termination_code = code.termination_code
        and {{ valid_on('code', 'event.effective_date') }}
