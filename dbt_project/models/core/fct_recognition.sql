-- Some rows a month and person: rebuilt whole.
with fact as (
    select
        *,
        cast({{ to_local('given_at', "coalesce(time_zone, 'UTC')") }} as date) as site_date
    from {{ ref('feed_recognition') }}
)

select
    {{ scoped_id('fact.source_system', 'fact.recognition_id') }} as recognition_id,
    fact.source_system,
    coalesce(agent.agent_id, {{ scoped_id('fact.source_system', 'fact.agent_code') }}) as agent_id,
    coalesce(giver.agent_id, fact.source_system || ':' || fact.giver_code) as giver_id,
    coalesce(fact.time_zone, 'UTC') as time_zone,
    fact.kind,
    fact.reason_code,
    fact.given_at as given_at_utc,
    fact.event_date,
    fact.site_date,
    fact.file_id,
    fact.row_number
from fact
left join {{ ref('int_staff_codes') }} as agent
    on
        fact.source_system = agent.source_system
        and fact.agent_code = agent.agent_code
        and {{ valid_on('agent', 'fact.site_date') }}
left join {{ ref('int_staff_codes') }} as giver
    on
        fact.source_system = giver.source_system
        and fact.giver_code = giver.agent_code
        and {{ valid_on('giver', 'fact.site_date') }}
