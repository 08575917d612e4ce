-- A pair once: rebuilt whole.
select
    {{ scoped_id('fact.source_system', 'fact.mentoring_id') }} as mentoring_id,
    fact.source_system,
    coalesce(mentor.agent_id, {{ scoped_id('fact.source_system', 'fact.mentor_code') }})
        as mentor_id,
    coalesce(agent.agent_id, {{ scoped_id('fact.source_system', 'fact.agent_code') }}) as agent_id,
    fact.valid_from,
    fact.valid_to,
    fact.event_date,
    fact.file_id,
    fact.row_number
from {{ ref('feed_mentoring') }} as fact
left join {{ ref('int_staff_codes') }} as mentor
    on
        fact.source_system = mentor.source_system
        and fact.mentor_code = mentor.agent_code
        and {{ valid_on('mentor', 'fact.valid_from') }}
left join {{ ref('int_staff_codes') }} as agent
    on
        fact.source_system = agent.source_system
        and fact.agent_code = agent.agent_code
        and {{ valid_on('agent', 'fact.valid_from') }}
