with answered as (
    select
        leg_id,
        agent_id,
        client_id,
        site_id,
        event_date,
        site_date,
        talk_s,
        hold_s,
        acw_s,
        handle_s,
        ring_no_answer_count,
        answered_at_utc
    from {{ ref('fct_contact_leg') }}
    where agent_id is not null and is_answered
)

select
    leg.leg_id,
    leg.agent_id,
    leg.client_id,
    leg.event_date,
    leg.talk_s,
    leg.hold_s,
    leg.acw_s,
    leg.handle_s,
    leg.ring_no_answer_count,
    coalesce(session.site_id, leg.site_id) as site_id,
    {{ shift_date('session', 'leg.event_date', 'leg.site_date') }} as shift_date
from answered as leg
left join {{ ref('int_agent_session_days') }} as session
    on
        leg.agent_id = session.agent_id
        and cast(leg.answered_at_utc as date) = session.event_date
        and leg.answered_at_utc >= session.started_at_utc
        and leg.answered_at_utc < session.ended_at_utc
