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
    select *
    from {{ ref('int_cases') }}
    where {{ only_touched('event_date') }}
),

told as (
    select
        event.case_id,
        event.occurred_at_utc,
        event.kind,
        case event.kind
            when 'status' then event.new_value
            when 'reopened'
                then
                    case
                        when event.new_value in ('pending', 'on_hold') then event.new_value
                        else 'open'
                    end
            else event.kind
        end as status
    from {{ ref('fct_case_event') }} as event
    inner join opened on event.case_id = opened.case_id
    where
        event.kind in ('status', 'resolved', 'reopened', 'closed', 'merged')
        and event.event_date >= (select min(first.event_date) from opened as first)
),

ended as (
    select distinct case_id
    from told
    where status in ('resolved', 'closed', 'merged')
),

-- A source without events still says when a case was opened, resolved and closed.
said as (
    select
        case_id,
        opened_at_utc as occurred_at_utc,
        0 as place,
        'new' as status
    from opened
    union all
    select
        opened.case_id,
        coalesce(opened.resolved_at_utc, opened.closed_at_utc) as occurred_at_utc,
        2 as place,
        case when opened.merged_into_case_id is null then 'resolved' else 'merged' end as status
    from opened
    left join ended on opened.case_id = ended.case_id
    where
        ended.case_id is null
        and coalesce(opened.resolved_at_utc, opened.closed_at_utc) is not null
    union all
    select
        case_id,
        occurred_at_utc,
        1 as place,
        status
    from told
),

spans as (
    select
        case_id,
        status,
        occurred_at_utc as started_at_utc,
        lead(occurred_at_utc) over (partition by case_id order by occurred_at_utc, place, status)
            as ended_at_utc
    from said
)

select
    span.case_id,
    opened.client_id,
    opened.site_id,
    opened.line_of_business,
    opened.channel,
    opened.time_zone,
    opened.event_date,
    opened.opened_at_utc,
    span.status,
    span.status in ('resolved', 'closed', 'merged') as is_done,
    span.started_at_utc,
    span.ended_at_utc
from spans as span
inner join opened on span.case_id = opened.case_id
where span.ended_at_utc is null or span.ended_at_utc > span.started_at_utc
