{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'contact_date',
        'feeds': {'contacts': [0, 0], 'contact_legs': [0, 0], 'agent_activity': [0, 0]}
    }}
) }}

{%- set gone = "('turned_away', 'leave', 'complete', 'transfer')" %}

with events as (
    select
        *,
        case when kind in ('enter', 'turned_away') then 1 else 0 end as entered_n,
        case when kind in {{ gone }} then 1 else 0 end as gone_n
    from {{ ref('int_asterisk__steps') }}
    where {{ only_touched('event_date', before=1, after=1) }}
),

-- Was the caller in this queue just before the instant? What took time comes before entering.
placed as (
    select
        *,
        (sum(entered_n - gone_n) over so_far) - sum(entered_n - gone_n) over at_once as inside_n
    from events
    window
        so_far as (
            partition by contact_id, queue_code
            order by occurred_at range between unbounded preceding and current row
        ),
        at_once as (partition by contact_id, queue_code, occurred_at)
),

ordered as (
    select
        *,
        kind = 'enter' or (kind = 'turned_away' and inside_n <= 0) as is_entry,
        case
            when kind = 'connect' and inside_n > 0 and wait_s > 0 then 0
            when
                kind in {{ gone }}
                and inside_n > 0
                and coalesce(wait_s, 1) + coalesce(talk_s, 0) > 0
                then 1
            when kind in ('enter', 'turned_away') then 2
            when kind in ('ring', 'connect') then 3
            else 4
        end as place
    from placed
),

followed as (
    select
        *,
        {{ last_known(
            "case when kind in " ~ gone ~ " then 'out' when is_entry or kind = 'connect' then 'in' end"
        ) }} over (
            partition by contact_id, queue_code
            order by occurred_at, place, file_id, row_number
            rows between unbounded preceding and 1 preceding
        ) as state
    from ordered
),

numbered as (
    select
        *,
        sum(
            case
                when is_entry or (kind = 'connect' and coalesce(state, 'out') = 'out') then 1
                else 0
            end
        ) over (
            partition by contact_id, queue_code
            order by occurred_at, place, file_id, row_number
            rows between unbounded preceding and current row
        ) as part_number
    from followed
),

parts as (
    select
        contact_id,
        queue_code,
        part_number,
        min(case when is_entry then occurred_at end) as entered_at,
        max(case when kind = 'connect' then 1 else 0 end) as connects_n,
        max(case when kind in ('complete', 'transfer') then 1 else 0 end) as talks_n,
        max(gone_n) as gone_n,
        min(
            {{ add_seconds(
                'occurred_at',
                '-1 * cast(coalesce(wait_s, 0) + coalesce(talk_s, 0) as bigint)'
            ) }}
        ) as since_at
    from numbered
    group by contact_id, queue_code, part_number
),

-- What stands before the entry that it lacks, by a clock that was set back, is one visit with it.
joined as (
    select
        contact_id,
        queue_code,
        part_number,
        case
            when entered_at is not null or lead(entered_at) over along is null then 0
            when connects_n + gone_n = 0 then 1
            when lead(connects_n) over along = 1 then 0
            when gone_n = 0 and lead(talks_n) over along >= lead(gone_n) over along then 1
            when
                lead(gone_n) over along = 0
                and abs({{ seconds_between('since_at', 'lead(entered_at) over along') }}) <= 10
                then 1
            else 0
        end as is_of_next
    from parts
    window along as (partition by contact_id, queue_code order by part_number)
),

attached as (
    select
        event.*,
        event.part_number + part.is_of_next as visit_number
    from numbered as event
    inner join joined as part
        on
            event.contact_id = part.contact_id
            and event.queue_code = part.queue_code
            and event.part_number = part.part_number
),

visits as (
    select
        contact_id,
        site_id,
        queue_code,
        min(time_zone) as time_zone,
        max(customer_id) as customer_id,
        coalesce(max(nullif(client_id, 'unmapped')), 'unmapped') as client_id,
        min(case when is_entry then occurred_at end) as entered_at,
        min(case when kind = 'connect' then occurred_at end) as connected_at,
        min(case when kind in {{ gone }} then occurred_at end) as gone_at,
        max(case when kind in ('connect', 'complete', 'transfer') then agent_code end)
            as agent_code,
        min(case when kind in {{ gone }} then event end) as ending,
        coalesce(
            max(case when kind = 'connect' then wait_s end),
            max(case when kind in {{ gone }} then wait_s end)
        ) as wait_s,
        max(talk_s) as talk_s,
        max(wrapup_s) as acw_s,
        sum(case when kind = 'ring' then 1 else 0 end) as ring_no_answer_count,
        max(case when kind = 'transfer' then 1 else 0 end) = 1 as is_transferred,
        max(case when kind in ('connect', 'complete', 'transfer') then 1 else 0 end) = 1
            as is_answered,
        min_by(file_id, occurred_at) as file_id,
        min_by(row_number, occurred_at) as row_number,
        min(occurred_at) as first_at
    from attached
    group by contact_id, site_id, queue_code, visit_number
),

begun as (
    select
        *,
        -- A log that was turned over, or lost, leaves calls without their beginning.
        coalesce(
            case when entered_at <= coalesce(connected_at, gone_at, entered_at) then entered_at end,
            {{ add_seconds('connected_at', '-1 * coalesce(wait_s, 0)') }},
            {{ add_seconds('gone_at', '-1 * (coalesce(wait_s, 0) + coalesce(talk_s, 0))') }},
            first_at
        ) as queued_at
    from visits
    where is_answered or gone_at is not null or entered_at is not null
),

dated as (
    select
        *,
        cast(min(queued_at) over (partition by contact_id) as date) as contact_date,
        row_number() over (partition by contact_id order by queued_at, first_at, queue_code)
            as leg_number,
        lead(queue_code) over (partition by contact_id order by queued_at, first_at, queue_code)
            as next_queue_code
    from begun
)

select
    contact_id,
    cast(leg_number as integer) as leg_number,
    contact_date,
    client_id,
    site_id,
    time_zone,
    queue_code,
    case when is_answered then agent_code end as agent_code,
    customer_id,
    queued_at,
    case
        when is_answered
            then
                coalesce(
                    connected_at,
                    {{ add_seconds('queued_at', 'coalesce(wait_s, 0)') }}
                )
    end as connected_at,
    coalesce(
        gone_at,
        {{ add_seconds('connected_at', 'coalesce(talk_s, 0)') }},
        queued_at
    ) as ended_at,
    cast(wait_s as integer) as wait_s,
    cast(case when is_answered then talk_s end as integer) as talk_s,
    cast(acw_s as integer) as acw_s,
    case
        when is_answered then 'answered'
        when ending = 'ABANDON' then 'abandoned'
        when ending = 'CLOSED' then 'closed'
        when ending in ('JOINEMPTY', 'LEAVEEMPTY', 'EXITEMPTY') then 'unstaffed'
        when ending = 'FULL' or ending like 'DIVERT_%' then 'full'
        else 'flowed_out'
    end as outcome,
    case when is_transferred then coalesce(next_queue_code, 'extension') end
        as transferred_to_queue,
    cast(ring_no_answer_count as integer) as ring_no_answer_count,
    case
        when entered_at is null then 'beginning_not_in_log'
        when gone_at is null then 'end_not_in_log'
    end as anomaly,
    cast(queued_at as date) as event_date,
    file_id,
    row_number
from dated
where {{ only_touched('contact_date') }}
