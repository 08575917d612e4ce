-- The first whole month at the client's target, after one that was watched and missed it.
with months as (
    select
        agent_id,
        client_id,
        metric,
        max(good_direction) as good_direction,
        cast(date_trunc('month', week_start_date) as date) as month_start_date,
        {{ exact_sum('measured * n') }} / sum(n) as measured
    from {{ ref('agent_chart') }}
    where entity_kind = 'agent' and good_direction <> 'neither'
    group by agent_id, client_id, metric, cast(date_trunc('month', week_start_date) as date)
    having sum(n) >= {{ var('people_minimum_n') }} and count(*) >= 4
),

judged as (
    select
        month.agent_id,
        month.client_id,
        month.metric,
        month.month_start_date,
        case
            when max(month.good_direction) = 'up' then max(month.measured) >= max(goal.target)
            else max(month.measured) <= min(goal.target)
        end as is_at_target
    from months as month
    inner join {{ ref('int_as_of') }} as known
        -- A week that begins on a month's last day ends six days later.
        on {{ add_days(add_months('month.month_start_date', 1), 5) }} <= known.as_of_date
    inner join {{ ref('int_people_target') }} as goal
        on
            goal.applies_to = 'agent'
            and month.client_id = goal.client_id
            and replace(month.metric, '.', '_') = goal.metric
            and {{ valid_on('goal', 'month.month_start_date') }}
    group by month.agent_id, month.client_id, month.metric, month.month_start_date
)

select
    agent_id,
    client_id,
    metric,
    cast({{ add_days(add_months('min(month_start_date)', 1), -1) }} as date) as last_date
from judged as reached
where
    is_at_target
    and exists (
        select 1
        from judged as missed
        where
            {{ same_keys('missed', 'reached', ['agent_id', 'client_id', 'metric']) }}
            and not missed.is_at_target
            and missed.month_start_date < reached.month_start_date
    )
group by agent_id, client_id, metric
