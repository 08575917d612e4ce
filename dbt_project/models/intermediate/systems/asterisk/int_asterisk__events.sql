-- What the lines of the log mean, in either form.
with lines as (
    select *
    from {{ ref('stg_asterisk__queue_log') }}
    union all
    select *
    from {{ ref('stg_asterisk__queue_log_csv') }}
)

select
    site_id,
    client_id,
    time_zone,
    occurred_at,
    call_id,
    queue_code,
    agent_code,
    event,
    customer_id,
    wait_s,
    talk_s,
    session_s,
    wrapup_s,
    pause_code,
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
        when event = 'PAUSEALL' then 'pause'
        when event = 'UNPAUSEALL' then 'unpause'
    end as kind,
    case
        when event in ('AGENTLOGIN', 'AGENTLOGOFF') then 'agent'
        when event in ('AGENTCALLBACKLOGIN', 'AGENTCALLBACKLOGOFF') then 'callback'
        when event in ('ADDMEMBER', 'REMOVEMEMBER') then 'member of ' || queue_code
        when event in ('PAUSEALL', 'UNPAUSEALL') then 'pause'
    end as span
from lines
