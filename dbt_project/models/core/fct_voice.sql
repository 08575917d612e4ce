-- Some rows a month and team: rebuilt whole.
with fact as (
    select
        *,
        cast({{ to_local('raised_at', "coalesce(time_zone, 'UTC')") }} as date) as site_date
    from {{ ref('feed_voice') }}
)

select
    {{ scoped_id('fact.source_system', 'fact.voice_id') }} as voice_id,
    fact.source_system,
    coalesce(agent.agent_id, fact.source_system || ':' || fact.agent_code) as agent_id,
    coalesce(fact.source_system || ':' || fact.team_code, 'none') as team_id,
    coalesce(fact.site_id, agent.site_id, 'unmapped') as site_id,
    coalesce(fact.time_zone, 'UTC') as time_zone,
    fact.kind,
    fact.topic,
    fact.status,
    fact.raised_at as raised_at_utc,
    fact.answered_at as answered_at_utc,
    fact.event_date,
    fact.site_date,
    fact.agent_code is null as is_anonymous,
    fact.answered_at is not null as is_answered,
    cast({{ seconds_between('fact.raised_at', 'fact.answered_at') }} as bigint) as answered_after_s,
    fact.file_id,
    fact.row_number
from fact
left join {{ ref('int_staff_codes') }} as agent
    on
        fact.source_system = agent.source_system
        and fact.agent_code = agent.agent_code
        and {{ valid_on('agent', 'fact.site_date') }}
