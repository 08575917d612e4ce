{% set span = var('shift_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'session_date', 'feeds': {'agent_activity': [-1 * span, span]}}}
) }}

with states as (
    select
        agent_id,
        site_id,
        time_zone,
        shift_date_rule,
        started_at_utc,
        ended_at_utc,
        site_date,
        max(ended_at_utc) over (
            partition by agent_id
            order by started_at_utc, ended_at_utc
            rows between unbounded preceding and 1 preceding
        ) as previous_ended_at_utc
    from {{ ref('int_agent_activity') }}
    where
        activity <> 'logged_out'
        and {{ only_touched('event_date', before=span, after=span) }}
),

spaced as (
    select
        *,
        {{ seconds_between('previous_ended_at_utc', 'started_at_utc') }} as idle_s
    from states
),

numbered as (
    select
        *,
        sum(
            case
                when previous_ended_at_utc is null then 1
                when idle_s > {{ var('shift_gap_hours') }} * 3600 then 1
                else 0
            end
        ) over (
            partition by agent_id
            order by started_at_utc, ended_at_utc
            rows between unbounded preceding and current row
        ) as session_number
    from spaced
),

sessions as (
    select
        agent_id,
        session_number,
        min(started_at_utc) as started_at_utc,
        max(ended_at_utc) as ended_at_utc,
        min_by(site_date, started_at_utc) as session_date,
        min_by(site_id, started_at_utc) as site_id,
        min_by(time_zone, started_at_utc) as time_zone,
        min_by(shift_date_rule, started_at_utc) as shift_date_rule
    from numbered
    group by agent_id, session_number
)

select
    agent_id || '@' || cast(started_at_utc as {{ dbt.type_string() }}) as session_id,
    agent_id,
    site_id,
    shift_date_rule,
    started_at_utc,
    ended_at_utc,
    session_date,
    -- Who leaves at midnight has worked on the day before it.
    cast(
        {{ to_local(add_seconds('ended_at_utc', -1), 'time_zone') }} as date
    ) as session_end_date
from sessions
where {{ only_touched('session_date') }}
