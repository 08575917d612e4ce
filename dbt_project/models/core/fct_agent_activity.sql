{% set span = var('shift_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'shift_date', 'feeds': {'agent_activity': [-1 * span, span]}}}
) }}

with states as (
    select *
    from {{ ref('int_agent_activity') }}
    where {{ only_touched('event_date', before=span, after=span) }}
),

attributed as (
    select
        state.*,
        session.session_id,
        {{ shift_date('session', 'state.event_date', 'state.site_date') }} as shift_date
    from states as state
    left join {{ ref('int_agent_session_days') }} as session
        on
            state.agent_id = session.agent_id
            and state.event_date = session.event_date
            and state.started_at_utc >= session.started_at_utc
            and state.started_at_utc < session.ended_at_utc
)

select
    activity_id,
    source_system,
    agent_id,
    is_mapped,
    site_id,
    time_zone,
    session_id,
    activity_code,
    activity,
    is_paid,
    is_logged_in,
    started_at_utc,
    ended_at_utc,
    event_date,
    site_date,
    shift_date,
    duration_s,
    file_id,
    row_number
from attributed
where {{ only_touched('shift_date') }}
