{{ config(materialized='table') }}

with months as (
    select
        leader_id,
        client_id,
        metric,
        max(good_direction) as good_direction,
        cast(date_trunc('month', week_start_date) as date) as month_start_date,
        sum(n) as n,
        {{ exact_sum('measured * n') }} / sum(n) as measured
    from {{ ref('agent_chart') }}
    where entity_kind = 'team' and good_direction <> 'neither'
    group by leader_id, client_id, metric, cast(date_trunc('month', week_start_date) as date)
    having sum(n) >= {{ var('people_minimum_n') }} and count(*) >= 4
),

goals as (
    select
        month.leader_id,
        month.client_id,
        month.metric,
        month.month_start_date,
        max(month.good_direction) as good_direction,
        max(month.n) as n,
        max(month.measured) as measured,
        case
            when max(month.good_direction) = 'up' then max(goal.target)
            else min(goal.target)
        end as target
    from months as month
    inner join {{ ref('int_as_of') }} as known
        -- A week that begins on a month's last day ends six days later.
        on {{ add_days(add_months('month.month_start_date', 1), 5) }} <= known.as_of_date
    inner join {{ ref('int_people_target') }} as goal
        on
            goal.applies_to = 'team'
            and month.client_id = goal.client_id
            and replace(month.metric, '.', '_') = goal.metric
            and {{ valid_on('goal', 'month.month_start_date') }}
    group by month.leader_id, month.client_id, month.metric, month.month_start_date
)

select
    leader_id,
    client_id,
    metric,
    month_start_date,
    good_direction,
    cast(n as bigint) as n,
    measured,
    target,
    case good_direction when 'up' then measured >= target else measured <= target end as is_reached
from goals
