{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'event_date', 'feeds': {'agent_activity': [0, 0]}}}
) }}

{%- set silence = var('connect_silence_s') %}

-- One state per event: what the agent does with contacts comes before the status that was chosen.
with events as (
    select
        agent_code,
        event_id,
        min(site_id) as site_id,
        min(time_zone) as time_zone,
        min(occurred_at) as occurred_at,
        min(event_date) as event_date,
        case
            when min(event) = 'LOGOUT' then 'LOGGED_OUT'
            when min(status_kind) = 'OFFLINE' or lower(min(status)) = 'offline' then 'LOGGED_OUT'
            when
                max(
                    case
                        when contact_state in ('CONNECTED', 'CONNECTED_ONHOLD') then 1
                        -- Who dials is at work; whose phone rings still waits.
                        when contact_state = 'CONNECTING' and initiation_method = 'OUTBOUND' then 1
                        else 0
                    end
                ) = 1
                then 'ON_CONTACT'
            when max(case when contact_state = 'ENDED' then 1 else 0 end) = 1
                then 'AFTER_CONTACT_WORK'
            else coalesce(min(status), 'UNKNOWN')
        end as activity_code,
        min(file_id) as file_id,
        min(row_number) as row_number
    from {{ ref('stg_connect__agent_events') }}
    where {{ only_touched('event_date', before=1, after=1) }}
    group by agent_code, event_id
),

-- Heartbeats come every two minutes: after a longer silence nobody knows what the agent did.
spans as (
    select
        *,
        least(
            coalesce(lead(occurred_at) over along, occurred_at),
            {{ add_seconds('occurred_at', silence) }}
        ) as until_at,
        lag(activity_code) over along as earlier_code,
        lag(occurred_at) over along as earlier_at
    from events
    window along as (partition by agent_code order by occurred_at, event_id)
),

numbered as (
    select
        *,
        sum(
            case
                when
                    earlier_code = activity_code
                    and {{ seconds_between('earlier_at', 'occurred_at') }} <= {{ silence }}
                    then 0
                else 1
            end
        ) over (
            partition by agent_code
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as state_n
    from spans
),

states as (
    select
        agent_code,
        state_n,
        min(site_id) as site_id,
        min(time_zone) as time_zone,
        min(activity_code) as activity_code,
        min(occurred_at) as started_at,
        max(until_at) as ended_at,
        min_by(file_id, occurred_at) as file_id,
        min_by(row_number, occurred_at) as row_number
    from numbered
    group by agent_code, state_n
)

select
    agent_code,
    site_id,
    time_zone,
    activity_code,
    true as is_logged_in,
    started_at,
    ended_at,
    cast(started_at as date) as event_date,
    file_id,
    row_number
from states
where
    activity_code <> 'LOGGED_OUT'
    and ended_at > started_at
    and {{ only_touched('cast(started_at as date)') }}
