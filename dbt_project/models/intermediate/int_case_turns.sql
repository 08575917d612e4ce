{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date',
        'feeds': {'cases': [0, 0]},
        'through': {'feed': 'case_events', 'to': 'cases', 'key': ['source_system', 'case_id']},
        'only_changed': true
    }}
) }}

-- depends_on: {{ ref('feed_cases') }}, {{ ref('feed_case_events') }}
with opened as (
    select
        case_id,
        event_date
    from {{ ref('int_cases') }}
    where {{ only_touched('event_date') }}
),

messages as (
    select
        event.case_id,
        opened.event_date,
        event.kind,
        event.occurred_at_utc,
        max(case when event.kind = 'public_reply' then event.occurred_at_utc end)
            over earlier as replied_before_utc,
        max(case when event.kind = 'customer_reply' then event.occurred_at_utc end)
            over earlier as asked_before_utc,
        min(case when event.kind = 'public_reply' then event.occurred_at_utc end)
            over later as replied_after_utc
    from {{ ref('fct_case_event') }} as event
    inner join opened on event.case_id = opened.case_id
    where
        event.kind in ('public_reply', 'customer_reply')
        and event.event_date >= (select min(first.event_date) from opened as first)
    window
        earlier as (
            partition by event.case_id order by event.occurred_at_utc, event.case_event_id
            rows between unbounded preceding and 1 preceding
        ),
        later as (
            partition by event.case_id order by event.occurred_at_utc, event.case_event_id
            rows between 1 following and unbounded following
        )
),

-- The oldest message since a reply waits for the next reply.
turns as (
    select
        case_id,
        event_date,
        case
            when kind = 'public_reply'
                then {{ seconds_between('replied_before_utc', 'occurred_at_utc') }}
        end as update_s,
        case
            when
                kind = 'customer_reply'
                and coalesce(asked_before_utc <= replied_before_utc, replied_before_utc is not null)
                then {{ seconds_between('occurred_at_utc', 'replied_after_utc') }}
        end as next_reply_s
    from messages
)

select
    case_id,
    event_date,
    count(update_s) as updates_n,
    {{ sum_s('update_s') }} as update_s,
    count(next_reply_s) as next_replies_n,
    {{ sum_s('next_reply_s') }} as next_reply_s
from turns
group by case_id, event_date
