-- Logins, memberships, pauses, calls and after-contact work of agents, which may overlap.
{%- set longest = var('asterisk_longest_session_hours') * 3600 %}
{%- set order = 'order by occurred_at, file_id, row_number' %}

with calendar as (
    {{ date_range(var('calendar_first_date'), var('calendar_last_date')) }}
),

-- To the nearest second: 08:50:00.999999 is 08:50:01.
marks as (
    select
        site_id,
        time_zone,
        agent_code,
        kind,
        span,
        queue_code,
        session_s,
        pause_code,
        joins_paused,
        file_id,
        row_number,
        date_trunc('second', occurred_at + interval 500 millisecond) as occurred_at
    from {{ ref('int_asterisk__events') }}
    where
        agent_code is not null
        and kind in ('login', 'logoff', 'pause', 'unpause')
),

dated as (
    select
        *,
        {{ to_utc(
            add_days('cast(' ~ to_local('occurred_at', 'time_zone') ~ ' as date)', 1), 'time_zone'
        ) }} as day_ends_at
    from marks
),

sessions as (
    select
        *,
        lead(kind) over along as next_kind,
        lead(occurred_at) over along as next_at,
        lag(kind) over along as kind_before,
        lag(occurred_at) over along as before_at,
        min(case when kind = 'logoff' then occurred_at end) over following as end_at
    from dated
    where kind in ('login', 'logoff')
    window
        along as (partition by site_id, agent_code, span {{ order }}),
        following as (
            partition by site_id, agent_code, span {{ order }}
            rows between 1 following and unbounded following
        )
),

logins as (
    -- With a logoff of its own it runs to it, however long; a forgotten one, to its day's end.
    select
        *,
        occurred_at as from_at,
        case
            when next_kind = 'logoff' then next_at
            when {{ seconds_between('occurred_at', 'end_at') }} <= {{ longest }} then next_at
            else least(day_ends_at, coalesce(next_at, day_ends_at))
        end as to_at
    from sessions
    where kind = 'login'

    union all

    -- A logoff whose login is not in the log reaches back as long as it says.
    select
        *,
        greatest(
            {{ add_seconds('occurred_at', '-1 * cast(session_s as bigint)') }},
            coalesce(before_at, timestamp '1970-01-01 00:00:00')
        ) as from_at,
        occurred_at as to_at
    from sessions
    where kind = 'logoff' and coalesce(kind_before, 'logoff') = 'logoff' and session_s is not null
),

-- Of each queue that an agent is a member of: in a pause or not.
member_states as (
    select
        site_id,
        time_zone,
        agent_code,
        queue_code,
        from_at as member_from_at,
        to_at,
        from_at,
        joins_paused as is_paused,
        0 as place,
        file_id,
        row_number
    from logins
    where span like 'member of %'

    union all

    select
        member.site_id,
        member.time_zone,
        member.agent_code,
        member.queue_code,
        member.from_at as member_from_at,
        member.to_at,
        mark.occurred_at as from_at,
        mark.kind = 'pause' as is_paused,
        1 as place,
        mark.file_id,
        mark.row_number
    from logins as member
    inner join marks as mark
        on
            member.site_id = mark.site_id
            and member.agent_code = mark.agent_code
            and mark.kind in ('pause', 'unpause')
            and member.queue_code = coalesce(mark.queue_code, member.queue_code)
            and member.from_at <= mark.occurred_at
            and member.to_at > mark.occurred_at
            -- What stands before the joining in its own second belongs to the time before.
            and (
                member.from_at < mark.occurred_at
                or member.file_id < mark.file_id
                or (member.file_id = mark.file_id and member.row_number < mark.row_number)
            )
    where member.span like 'member of %'
),

member_pauses as (
    select
        *,
        coalesce(
            lead(from_at) over (
                partition by site_id, agent_code, queue_code, member_from_at
                order by from_at, place, file_id, row_number
            ),
            to_at
        ) as until_at
    from member_states
),

-- Of an agent whose queues the log does not tell; leaving a queue ends what was in it.
pause_marks as (
    select
        *,
        lead(kind) over along as next_kind,
        lead(occurred_at) over along as next_at,
        min(case when kind <> 'pause' then occurred_at end) over following as end_at,
        {{ last_known(
            "case when kind = 'unpause' then '' when kind = 'pause' then nullif(pause_code, '') end"
        ) }} over (
            partition by site_id, agent_code {{ order }}
            rows between unbounded preceding and current row
        ) as reason,
        row_number() over (
            partition by site_id, agent_code, occurred_at
            order by file_id desc, row_number desc
        ) as place
    from dated
    where kind in ('pause', 'unpause') or (kind = 'logoff' and span like 'member of %')
    window
        along as (partition by site_id, agent_code {{ order }}),
        following as (
            partition by site_id, agent_code {{ order }}
            rows between 1 following and unbounded following
        )
)

{% set who = 'site_id, time_zone, agent_code' -%}
select
    {{ who }},
    'login' as span,
    null as pause_code,
    from_at,
    to_at,
    file_id,
    row_number
from logins

union all

select
    {{ who }},
    'member' as span,
    null as pause_code,
    from_at,
    to_at,
    file_id,
    row_number
from logins
where span like 'member of %'

union all

select
    {{ who }},
    'member_pause' as span,
    null as pause_code,
    from_at,
    until_at as to_at,
    file_id,
    row_number
from member_pauses
where is_paused

union all

select
    {{ who }},
    'pause' as span,
    null as pause_code,
    occurred_at as from_at,
    case
        when {{ seconds_between('occurred_at', 'end_at') }} <= {{ longest }} then next_at
        else least(day_ends_at, coalesce(next_at, day_ends_at))
    end as to_at,
    file_id,
    row_number
from pause_marks
where kind = 'pause'

union all

-- An instant at which the reason changes; the last word of a second holds.
select
    {{ who }},
    'reason' as span,
    reason as pause_code,
    occurred_at as from_at,
    occurred_at as to_at,
    file_id,
    row_number
from pause_marks
where place = 1 and reason is not null

union all

-- Midnights, by the site's clock, in a login of more than a day: each day has its own states.
select
    login.site_id,
    login.time_zone,
    login.agent_code,
    'midnight' as span,
    null as pause_code,
    {{ to_utc('spine.date_day', 'login.time_zone') }} as from_at,
    {{ to_utc('spine.date_day', 'login.time_zone') }} as to_at,
    login.file_id,
    login.row_number
from logins as login
inner join calendar as spine
    on
        spine.date_day > cast({{ to_local('login.from_at', 'login.time_zone') }} as date)
        and spine.date_day <= cast({{ to_local('login.to_at', 'login.time_zone') }} as date)
where {{ seconds_between('login.from_at', 'login.to_at') }} > 86400

union all

select
    {{ who }},
    'call' as span,
    null as pause_code,
    date_trunc('second', connected_at + interval 500 millisecond) as from_at,
    date_trunc('second', ended_at + interval 500 millisecond) as to_at,
    file_id,
    row_number
from {{ ref('int_asterisk__visits') }}
where agent_code is not null and connected_at is not null

union all

select
    {{ who }},
    'wrapup' as span,
    null as pause_code,
    date_trunc('second', occurred_at + interval 500 millisecond) as from_at,
    {{ add_seconds(
        "date_trunc('second', occurred_at + interval 500 millisecond)", 'cast(wrapup_s as bigint)'
    ) }} as to_at,
    file_id,
    row_number
from {{ ref('int_asterisk__events') }}
where kind = 'wrapup' and agent_code is not null
