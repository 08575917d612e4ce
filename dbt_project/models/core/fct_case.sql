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

events as (
    select
        event.*,
        opened.reply_clock_at_utc
    from {{ ref('fct_case_event') }} as event
    inner join opened on event.case_id = opened.case_id
    where event.event_date >= (select min(first.event_date) from opened as first)
),

waits as (
    select
        case_id,
        {{ sum_s(
            "case when status in ('pending', 'on_hold') then "
            ~ seconds_between('started_at_utc', 'ended_at_utc') ~ " end"
        ) }} as pending_s,
        {{ sum_s(
            "case when status = 'on_hold' then "
            ~ seconds_between('started_at_utc', 'ended_at_utc') ~ " end"
        ) }} as on_hold_s,
        {{ sum_s(
            "case when status in ('new', 'open') then "
            ~ seconds_between('started_at_utc', 'ended_at_utc') ~ " end"
        ) }} as in_hand_s
    from {{ ref('int_case_spans') }}
    where {{ only_touched('event_date') }}
    group by case_id
),

totals as (
    select
        case_id,
        min(
            case
                when
                    kind = 'public_reply'
                    and (reply_clock_at_utc is null or occurred_at_utc > reply_clock_at_utc)
                    then occurred_at_utc
            end
        ) as first_replied_at_utc,
        min(case when kind = 'public_reply' then occurred_at_utc end) as public_reply_at_utc,
        min(case when kind = 'resolved' then occurred_at_utc end) as first_resolved_at_utc,
        sum(case when kind = 'public_reply' then 1 else 0 end) as public_replies_n,
        sum(case when kind = 'customer_reply' then 1 else 0 end) as customer_replies_n,
        sum(case when kind = 'internal_note' then 1 else 0 end) as internal_notes_n,
        sum(case when is_touch then 1 else 0 end) as touches_n,
        sum(case when kind = 'assigned' then 1 else 0 end) as assignments_n,
        sum(case when kind = 'reopened' then 1 else 0 end) as reopens_n,
        count(distinct case when is_touch then agent_id end) as agents_n
    from events
    group by case_id
),

joined as (
    select
        opened.*,
        total.first_resolved_at_utc as first_resolved_event_at_utc,
        total.public_replies_n,
        total.customer_replies_n,
        total.internal_notes_n,
        total.touches_n,
        total.assignments_n,
        total.reopens_n,
        total.agents_n,
        waited.pending_s,
        waited.on_hold_s,
        waited.in_hand_s,
        total.case_id is not null as are_events_known,
        turned.updates_n,
        turned.update_s,
        turned.next_replies_n,
        turned.next_reply_s,
        coalesce(total.public_reply_at_utc, opened.first_replied_at_utc) as public_reply_at_utc,
        opened.merged_into_case_id is not null as is_merged,
        opened.status in ('resolved', 'closed') as is_resolved,
        coalesce(total.first_replied_at_utc, opened.first_replied_at_utc) as replied_at_utc
    from opened
    left join totals as total on opened.case_id = total.case_id
    left join waits as waited on opened.case_id = waited.case_id
    left join {{ ref('int_case_turns') }} as turned on opened.case_id = turned.case_id
)

select
    case_id,
    source_system,
    client_id,
    site_id,
    time_zone,
    line_of_business,
    channel,
    reason,
    priority,
    customer_id,
    agent_id,
    contact_id,
    parent_case_id,
    merged_into_case_id,
    opened_at_utc,
    replied_at_utc as first_replied_at_utc,
    coalesce(first_resolved_event_at_utc, resolved_at_utc) as first_resolved_at_utc,
    resolved_at_utc,
    closed_at_utc,
    status,
    event_date,
    site_date,
    not is_merged as is_counted,
    is_merged,
    is_resolved and not is_merged as is_resolved,
    not is_resolved and not is_merged as is_open,
    replied_at_utc is not null and not is_merged as is_replied,
    coalesce(reopens_n, 0) > 0 and not is_merged as is_reopened,
    is_resolved and not is_merged and coalesce(public_replies_n, 0) = 1
    and coalesce(reopens_n, 0) = 0 as is_one_touch,
    cast(coalesce(public_replies_n, 0) as integer) as public_replies_n,
    cast(coalesce(customer_replies_n, 0) as integer) as customer_replies_n,
    cast(coalesce(internal_notes_n, 0) as integer) as internal_notes_n,
    cast(coalesce(touches_n, 0) as integer) as touches_n,
    cast(coalesce(assignments_n, 0) as integer) as assignments_n,
    cast(coalesce(reopens_n, 0) as integer) as reopens_n,
    cast(coalesce(agents_n, 0) as integer) as agents_n,
    cast(
        {{ seconds_between('coalesce(reply_clock_at_utc, opened_at_utc)', 'replied_at_utc') }}
        as bigint
    ) as first_reply_s,
    cast(
        {{ seconds_between(
            'opened_at_utc', 'coalesce(first_resolved_event_at_utc, resolved_at_utc)'
        ) }} as bigint
    ) as first_resolution_s,
    cast(
        case
            when is_resolved and not is_merged
                then {{ seconds_between('opened_at_utc', 'resolved_at_utc') }}
        end as bigint
    ) as resolution_s,
    cast(coalesce(pending_s, 0) as bigint) as pending_s,
    are_messages_known,
    are_events_known,
    cast({{ seconds_between('opened_at_utc', 'public_reply_at_utc') }} as bigint)
        as first_public_reply_s,
    cast(coalesce(on_hold_s, 0) as bigint) as on_hold_s,
    cast(coalesce(in_hand_s, 0) as bigint) as in_hand_s,
    cast(coalesce(next_replies_n, 0) as integer) as next_replies_n,
    cast(coalesce(next_reply_s, 0) as bigint) as next_reply_s,
    cast(coalesce(updates_n, 0) as integer) as updates_n,
    cast(coalesce(update_s, 0) as bigint) as update_s,
    case when replied_at_utc is not null and not is_merged then first_reply_business_s end
        as first_reply_business_s,
    case when is_resolved and not is_merged then resolution_business_s end
        as resolution_business_s,
    first_reply_target_s,
    case when not is_merged then is_first_reply_late end as is_first_reply_late,
    file_id,
    row_number
from joined
