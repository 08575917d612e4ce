{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date',
        'feeds': {'contacts': [0, 0], 'contact_legs': [0, 0], 'agent_activity': [0, 0]}
    }}
) }}

-- An agent consults another queue with a channel of his own: its id becomes the caller's.
with steps as (
    select
        *,
        {{ add_seconds('occurred_at', '-1 * cast(coalesce(wait_s, 0) as bigint)') }} as since_at
    from {{ ref('int_asterisk__events') }}
    where
        call_id is not null
        and queue_code is not null
        and kind in (
            'enter', 'turned_away', 'ring', 'connect', 'leave', 'complete', 'transfer', 'wrapup'
        )
        and {{ only_touched('event_date', before=1, after=1) }}
),

calls as (
    select
        site_id,
        call_id,
        queue_code,
        min(case when kind = 'enter' then occurred_at end) as entered_at,
        min(case when kind = 'connect' then occurred_at end) as connected_at,
        min(case when kind in ('leave', 'complete', 'transfer') then occurred_at end) as gone_at,
        max(caller_extension) as caller_extension
    from steps
    group by site_id, call_id, queue_code
),

talks as (
    select
        site_id,
        call_id,
        queue_code,
        agent_code,
        occurred_at,
        since_at,
        regexp_extract(agent_code, '([0-9]+)$', 1) as extension
    from steps
    where kind = 'connect'
),

-- The agent's transfer out of the first queue, written under his own channel.
ended_by_transfer as (
    select
        handed.site_id,
        handed.call_id,
        talk.call_id as caller_id,
        1 as place,
        abs(
            {{ seconds_between('talk.occurred_at', 'handed.occurred_at') }}
            - coalesce(handed.talk_s, 0)
        ) as apart_s
    from steps as handed
    inner join calls as own
        on
            handed.site_id = own.site_id
            and handed.call_id = own.call_id
            and handed.queue_code = own.queue_code
            and own.entered_at is null
            and own.connected_at is null
    inner join talks as talk
        on
            handed.site_id = talk.site_id
            and handed.queue_code = talk.queue_code
            and handed.agent_code = talk.agent_code
            and handed.call_id <> talk.call_id
            and handed.occurred_at >= talk.occurred_at
    where handed.kind = 'transfer'
),

-- The second queue connects the caller, who never entered it, as long after the agent's entry as
-- the wait says.
connected_after as (
    select
        entry.site_id,
        entry.call_id,
        talk.call_id as caller_id,
        2 as place,
        abs({{ seconds_between('entry.entered_at', 'talk.since_at') }}) as apart_s
    from calls as entry
    inner join talks as talk
        on
            entry.site_id = talk.site_id
            and entry.queue_code = talk.queue_code
            and entry.call_id <> talk.call_id
    inner join talks as first_talk
        on
            talk.site_id = first_talk.site_id
            and talk.call_id = first_talk.call_id
            and entry.queue_code <> first_talk.queue_code
            and entry.entered_at >= first_talk.occurred_at
    left join steps as own
        on
            talk.site_id = own.site_id
            and talk.call_id = own.call_id
            and talk.queue_code = own.queue_code
            and own.kind = 'enter'
            and own.occurred_at >= {{ add_seconds('talk.since_at', -2) }}
            and own.occurred_at <= {{ add_seconds('talk.since_at', 2) }}
    where
        entry.connected_at is null
        and entry.gone_at is null
        and own.call_id is null
        and abs({{ seconds_between('entry.entered_at', 'talk.since_at') }}) <= 1
),

-- The second queue answered the agent before he handed the caller over.
answered_before as (
    select
        entry.site_id,
        entry.call_id,
        talk.call_id as caller_id,
        3 as place,
        {{ seconds_between('talk.occurred_at', 'entry.entered_at') }} as apart_s
    from calls as entry
    inner join talks as talk
        on
            entry.site_id = talk.site_id
            and entry.caller_extension = talk.extension
            and entry.call_id <> talk.call_id
            and entry.entered_at >= talk.occurred_at
    inner join steps as handed
        on
            talk.site_id = handed.site_id
            and talk.call_id = handed.call_id
            and talk.queue_code = handed.queue_code
            and talk.agent_code = handed.agent_code
            and handed.event = 'ATTENDEDTRANSFER'
            and entry.entered_at <= handed.occurred_at
            and coalesce(entry.gone_at, handed.occurred_at)
            >= {{ add_seconds('handed.occurred_at', -2) }}
),

likely as (
    select
        site_id,
        call_id,
        caller_id,
        row_number() over (
            partition by site_id, call_id order by place, apart_s, caller_id
        ) as choice
    from (
        select * from ended_by_transfer
        where apart_s <= 2
        union all
        select * from connected_after
        union all
        select * from answered_before
    ) as found
),

callers_1 as (
    select
        site_id,
        call_id,
        caller_id
    from likely
    where choice = 1
),
{% for step in [1, 2, 3] %}
callers_{{ step + 1 }} as (
    select
        consulting.site_id,
        consulting.call_id,
        coalesce(further.caller_id, consulting.caller_id) as caller_id
    from callers_{{ step }} as consulting
    left join callers_{{ step }} as further
        on
            consulting.site_id = further.site_id
            and consulting.caller_id = further.call_id
){{ ',' if not loop.last }}
{% endfor %}
select
    step.site_id || '/' || coalesce(caller.caller_id, step.call_id) as contact_id,
    step.site_id,
    step.client_id,
    step.time_zone,
    step.occurred_at,
    step.queue_code,
    step.agent_code,
    step.event,
    step.kind,
    case when caller.caller_id is null then step.customer_id end as customer_id,
    step.wait_s,
    step.talk_s,
    step.wrapup_s,
    step.event_date,
    step.file_id,
    step.row_number
from steps as step
left join callers_4 as caller
    on
        step.site_id = caller.site_id
        and step.call_id = caller.call_id
where {{ only_touched('step.event_date') }}
