-- Rebuilt whole: a change concerns people once.
with fact as (
    select
        *,
        cast({{ to_local('effective_at', "coalesce(time_zone, 'UTC')") }} as date) as site_date
    from {{ ref('feed_changes') }}
)

select
    {{ scoped_id('fact.source_system', 'fact.change_id') }} as change_id,
    fact.source_system,
    coalesce(agent.agent_id, {{ scoped_id('fact.source_system', 'fact.agent_code') }}) as agent_id,
    coalesce(fact.time_zone, 'UTC') as time_zone,
    fact.kind,
    fact.effective_at as effective_at_utc,
    fact.told_at as told_at_utc,
    fact.event_date,
    fact.site_date,
    cast({{ seconds_between('fact.told_at', 'fact.effective_at') }} as bigint) as notice_s,
    coalesce({{ seconds_between('fact.told_at', 'fact.effective_at') }} >= 86400, false)
        as is_told_a_day_ahead,
    fact.file_id,
    fact.row_number
from fact
left join {{ ref('int_staff_codes') }} as agent
    on
        fact.source_system = agent.source_system
        and fact.agent_code = agent.agent_code
        and {{ valid_on('agent', 'fact.site_date') }}
