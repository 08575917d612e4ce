-- Logins, pauses, calls and after-contact work of agents as intervals, which may overlap.
{%- set longest = var('asterisk_longest_session_hours') * 3600 %}

with marks as (
    select
        *,
        kind in ('login', 'pause') as is_start,
        min(case when kind in ('logoff', 'unpause') then occurred_at end) over following as end_at,
        lag(kind) over (
            partition by site_id, agent_code, span
            order by occurred_at, file_id, row_number
        ) as kind_before,
        {{ to_utc(
            add_days('cast(' ~ to_local('occurred_at', 'time_zone') ~ ' as date)', 1), 'time_zone'
        ) }} as day_ends_at,
        {{ to_utc('cast(' ~ to_local('occurred_at', 'time_zone') ~ ' as date)', 'time_zone') }}
            as day_begins_at
    from {{ ref('int_asterisk__events') }}
    where
        agent_code is not null
        and kind in ('login', 'logoff', 'pause', 'unpause')
        and {{ only_touched('event_date', before=2, after=2) }}
    window following as (
        partition by site_id, agent_code, span
        order by occurred_at, file_id, row_number
        rows between 1 following and unbounded following
    )
),

begun as (
    -- Who never ends it, or so late that it was forgotten, runs on to the end of the day.
    select
        *,
        occurred_at as from_at,
        case
            when {{ seconds_between('occurred_at', 'end_at') }} <= {{ longest }} then end_at
            else day_ends_at
        end as to_at
    from marks
    where is_start

    union all

    -- A logoff whose login is not in the log reaches back as long as it says.
    select
        *,
        case
            when session_s <= {{ longest }}
                then {{ add_seconds('occurred_at', '-1 * cast(session_s as bigint)') }}
            else day_begins_at
        end as from_at,
        occurred_at as to_at
    from marks
    where kind = 'logoff' and coalesce(kind_before, 'logoff') = 'logoff' and session_s is not null
)

select
    site_id,
    time_zone,
    agent_code,
    case when span = 'pause' then 'pause' else 'login' end as span,
    pause_code,
    from_at,
    to_at,
    file_id,
    row_number
from begun

union all

select
    site_id,
    time_zone,
    agent_code,
    'call' as span,
    null as pause_code,
    connected_at as from_at,
    ended_at as to_at,
    file_id,
    row_number
from {{ ref('int_asterisk__visits') }}
where
    agent_code is not null
    and connected_at is not null
    and {{ only_touched('contact_date', before=2, after=2) }}

union all

select
    site_id,
    time_zone,
    agent_code,
    'wrapup' as span,
    null as pause_code,
    occurred_at as from_at,
    {{ add_seconds('occurred_at', 'cast(wrapup_s as bigint)') }} as to_at,
    file_id,
    row_number
from {{ ref('int_asterisk__events') }}
where
    kind = 'wrapup'
    and agent_code is not null
    and {{ only_touched('event_date', before=2, after=2) }}
