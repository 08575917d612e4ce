{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'contact_date', 'feeds': {'contacts': [0, 0], 'contact_legs': [0, 0]}
    }}
) }}

with records as (
    select
        *,
        site_id || '/' || linked_id as contact_id,
        max(case when last_app = 'queue' then 1 else 0 end) over (
            partition by site_id, linked_id
        ) as has_queue,
        cast(min(started_at) over (partition by site_id, linked_id) as date) as contact_date
    from {{ ref('stg_asterisk_cdr__cdr') }}
    where {{ only_touched('event_date', before=1, after=1) }}
),

-- The first record tells who called whom; what follows is a part of the same call.
calls as (
    select
        *,
        first_value(direction) over along as call_direction,
        first_value(extension) over along as first_extension
    from records
    where not is_local and has_queue = 0
    window along as (partition by contact_id order by started_at, sequence_n)
)

select
    contact_id,
    contact_date,
    cast(row_number() over (partition by contact_id order by started_at, sequence_n) as integer)
        as record_number,
    client_id,
    site_id,
    time_zone,
    call_direction as direction,
    case when direction = 'outbound' then caller_code else agent_code end as agent_code,
    started_at,
    case when disposition = 'ANSWERED' then answered_at end as answered_at,
    ended_at,
    case when disposition = 'ANSWERED' then talk_s end as talk_s,
    customer_id,
    file_id,
    row_number
from calls
where
    (call_direction = 'inbound' or first_extension is null)
    and {{ only_touched('contact_date') }}
