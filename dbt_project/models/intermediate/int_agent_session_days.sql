select
    session.session_id,
    session.agent_id,
    session.site_id,
    session.shift_date_rule,
    session.started_at_utc,
    session.ended_at_utc,
    session.session_date,
    session.session_end_date,
    cast({{ add_days('cast(session.started_at_utc as date)', 'later.days') }} as date) as event_date
from {{ ref('int_agent_sessions') }} as session
inner join (values (0), (1), (2)) as later (days)
    on
        {{ add_days('cast(session.started_at_utc as date)', 'later.days') }}
        <= cast(session.ended_at_utc as date)
