{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'contact_date',
        'feeds': {'contacts': [0, 0], 'contact_legs': [0, 0]}
    }}
) }}

{%- set dialled %}
('OUTBOUND', 'EXTERNAL_OUTBOUND', 'CALLBACK', 'CALLBACK_CUSTOMER_FIRST_DIALED')
{%- endset %}

-- Who listens in is in nobody's chain.
with records as (
    select *
    from {{ ref('stg_connect__contact_records') }}
    where
        initiation_method <> 'MONITOR'
        and {{ only_touched('event_date', before=1, after=1) }}
),

-- A callback opens a contact of its own, and what follows it belongs to it.
rooted as (
    select
        *,
        coalesce(
            first_value(
                case when initiation_method like 'CALLBACK%' then contact_id end ignore nulls
            ) over (
                partition by initial_contact_id
                order by started_at, contact_id
                rows between unbounded preceding and current row
            ),
            initial_contact_id
        ) as chain_id,
        lead(initiation_method) over along as next_method,
        lead(coalesce(queue_code, 'agent')) over along as next_code
    from records
    window along as (partition by initial_contact_id order by started_at, contact_id)
),

answered as (
    select
        *,
        answered_at is not null
        and (initiation_method not in {{ dialled }} or reached_at is not null) as is_answered,
        coalesce(next_method in ('TRANSFER', 'QUEUE_TRANSFER'), false) as is_moved_on
    from rooted
),

chains as (
    select
        contact_id as record_id,
        chain_id,
        case when chain_id <> initial_contact_id then initial_contact_id end as parent_contact_id,
        cast(min(started_at) over (partition by chain_id) as date) as contact_date,
        cast(row_number() over (partition by chain_id order by started_at, contact_id) as integer)
            as record_number,
        client_id,
        site_id,
        time_zone,
        channel,
        initiation_method,
        started_at,
        ended_at,
        queue_code,
        coalesce(queued_at, started_at) as queued_at,
        case
            when queue_code is not null
                then coalesce(wait_s, {{ seconds_between('queued_at', 'answered_at') }})
            when initiation_method not in {{ dialled }}
                then {{ seconds_between('started_at', 'answered_at') }}
        end as wait_s,
        case
            when initiation_method in {{ dialled }} and queue_code is null
                then {{ seconds_between('started_at', 'reached_at') }}
        end as dialling_s,
        agent_code,
        answered_at,
        talk_s,
        hold_s,
        hold_count,
        acw_s,
        connection_attempts_n,
        customer_id,
        dialled_number,
        case
            when is_answered and is_moved_on then next_code
            when is_answered and transferred_at is not null then 'external'
        end as transferred_to_queue,
        case
            when is_answered then 'answered'
            when next_method like 'CALLBACK%' and initiation_method not like 'CALLBACK%'
                then 'callback_requested'
            when queue_code is null and answered_at is null then 'unqueued'
            when is_moved_on or transferred_at is not null then 'flowed_out'
            -- Nobody waits on the line for a callback.
            when initiation_method in {{ dialled }} or initiation_method like 'CALLBACK%'
                then 'flowed_out'
            when ended_at is null then 'flowed_out'
            else 'abandoned'
        end as outcome,
        case when ended_at is null then 'end_not_in_extract' end as anomaly,
        cast(coalesce(queued_at, started_at) as date) as event_date,
        file_id,
        row_number
    from answered
)

select *
from chains
where {{ only_touched('contact_date') }}
