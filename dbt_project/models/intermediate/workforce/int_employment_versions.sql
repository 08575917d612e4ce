select
    version.source_system,
    version.agent_code,
    version.valid_from,
    version.valid_to,
    version.recorded_at,
    version.is_withdrawn,
    version.leader_code,
    version.team_code as team_id,
    version.site_id,
    version.client_id,
    version.line_of_business,
    version.role,
    version.level,
    version.contract_type,
    version.fte,
    version.weekly_hours,
    version.file_id,
    version.row_number,
    {{ scoped_id('version.source_system', 'version.agent_code') }} || '@'
    || cast(version.valid_from as {{ dbt.type_string() }}) || '@'
    || cast(version.recorded_at as {{ dbt.type_string() }}) as version_id,
    coalesce(agent.agent_id, {{ scoped_id('version.source_system', 'version.agent_code') }})
        as agent_id,
    agent.agent_id is not null as is_mapped,
    coalesce(leader.agent_id, version.source_system || ':' || version.leader_code) as leader_id,
    -- A later version of the same record takes this one's place from then on.
    lead(version.recorded_at) over (
        partition by version.source_system, version.agent_code, version.valid_from
        order by version.recorded_at
    ) as superseded_at
from {{ ref('feed_employment') }} as version
left join {{ ref('int_staff_codes') }} as agent
    on
        version.source_system = agent.source_system
        and version.agent_code = agent.agent_code
        and {{ valid_on('agent', 'version.valid_from') }}
left join {{ ref('int_staff_codes') }} as leader
    on
        version.source_system = leader.source_system
        and version.leader_code = leader.agent_code
        and {{ valid_on('leader', 'version.valid_from') }}
