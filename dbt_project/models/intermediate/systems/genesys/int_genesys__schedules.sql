with activities as (
    select
        *,
        lag(ended_at) over (partition by agent_code, published_at order by started_at)
            as earlier_ended_at
    from {{ ref('stg_genesys__adherence_schedule') }}
),

-- Activities that touch are one shift, which belongs to the local date of its start.
shifts as (
    select
        *,
        sum(case when earlier_ended_at = started_at then 0 else 1 end) over (
            partition by agent_code, published_at
            order by started_at
            rows between unbounded preceding and current row
        ) as shift_n
    from activities
)

select
    agent_code,
    site_id,
    time_zone,
    cast(
        {{ to_local(
            'min(started_at) over (partition by agent_code, published_at, shift_n)', 'time_zone'
        ) }} as date
    ) as schedule_date,
    published_at,
    activity_code,
    started_at,
    ended_at,
    null as is_paid,
    event_date,
    file_id,
    row_number
from shifts
