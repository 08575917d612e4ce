-- What the lines of the log mean, in either form.
with lines as (
    select
        *,
        'log' as form,
        occurred_at as happened_at
    from {{ ref('stg_asterisk__queue_log') }}
    union all
    select
        *,
        'table' as form,
        -- In the hour that the clock repeats, no call has an event before its id was given.
        case
            when
                {{ add_seconds(
                    'occurred_at',
                    '-1 * cast(coalesce(wait_s, 0) + coalesce(talk_s, 0) as bigint)'
                ) }}
                < {{ add_seconds(
                    "timestamp '1969-12-31 23:59:58'",
                    "cast(nullif(regexp_extract(call_id, '([0-9]{9,10})[.][0-9]+$', 1), '') as bigint)"
                ) }}
                and {{ to_local('occurred_at', 'time_zone') }}
                = {{ to_local(add_seconds('occurred_at', 3600), 'time_zone') }}
                then {{ add_seconds('occurred_at', 3600) }}
            else occurred_at
        end as happened_at
    from {{ ref('stg_asterisk__queue_log_csv') }}
),

beside as (
    select
        *,
        lag(form) over same as form_before,
        lag(happened_at) over same as before_at,
        lead(form) over same as form_after,
        lead(happened_at) over same as after_at
    from lines
    window same as (
        partition by
            event_date, site_id, call_id, queue_code, agent_code, event, wait_s, talk_s, session_s,
            wrapup_s, pause_code
        order by happened_at, form
    )
)

select
    site_id,
    client_id,
    time_zone,
    happened_at as occurred_at,
    call_id,
    queue_code,
    agent_code,
    event,
    customer_id,
    caller_extension,
    wait_s,
    talk_s,
    session_s,
    wrapup_s,
    pause_code,
    joins_paused,
    event_date,
    file_id,
    row_number,
    case
        when event = 'ENTERQUEUE' then 'enter'
        when event in ('JOINEMPTY', 'FULL', 'CLOSED') then 'turned_away'
        when event in ('DIVERT_CA_RATIO', 'DIVERT_HOLDTIME', 'DIVERT_WAITTIME') then 'turned_away'
        when event = 'RINGNOANSWER' then 'ring'
        when event = 'CONNECT' then 'connect'
        when
            event in (
                'ABANDON', 'EXITEMPTY', 'LEAVEEMPTY', 'EXITWITHTIMEOUT', 'EXITWITHKEY',
                'AGENTDUMP', 'SYSCOMPAT'
            )
            then 'leave'
        when event in ('COMPLETEAGENT', 'COMPLETECALLER') then 'complete'
        when event in ('TRANSFER', 'BLINDTRANSFER', 'ATTENDEDTRANSFER') then 'transfer'
        when event = 'WRAPUPSTART' then 'wrapup'
        when event in ('AGENTLOGIN', 'AGENTCALLBACKLOGIN', 'ADDMEMBER') then 'login'
        when event in ('AGENTLOGOFF', 'AGENTCALLBACKLOGOFF', 'REMOVEMEMBER') then 'logoff'
        when event in ('PAUSEALL', 'PAUSE') then 'pause'
        when event in ('UNPAUSEALL', 'UNPAUSE') then 'unpause'
        when
            event in (
                'CONFIGRELOAD', 'QUEUESTART', 'DID', 'INFO', 'RINGCANCELED', 'PENALTY', 'RINGINUSE'
            )
            then 'nothing'
        else 'unmapped'
    end as kind,
    case
        when event in ('AGENTLOGIN', 'AGENTLOGOFF') then 'agent'
        when event in ('AGENTCALLBACKLOGIN', 'AGENTCALLBACKLOGOFF') then 'callback'
        when event in ('ADDMEMBER', 'REMOVEMEMBER') then 'member of ' || queue_code
    end as span
from beside
-- A line that stands in the log and in the table counts once; the table's clock has fractions.
where
    form = 'log'
    or not (
        coalesce(
            form_before = 'log' and {{ seconds_between('before_at', 'happened_at') }} <= 1, false
        )
        or coalesce(
            form_after = 'log' and {{ seconds_between('happened_at', 'after_at') }} <= 1, false
        )
    )
