{{ config(materialized='table') }}

with live as (
    select
        agent_id,
        min(effective_date) as go_live_date
    from {{ ref('fct_employment_event') }}
    where kind = 'go_live' and not is_rescinded
    group by agent_id, effective_date
),

hires as (
    select
        agent_id,
        hired_date,
        left_date,
        min_by(client_id, valid_from) as client_id,
        min_by(site_id, valid_from) as site_id,
        max(hire_source) as hire_source
    from {{ ref('dim_employment') }}
    where hire_kind = 'hire' and is_hire_recorded
    group by agent_id, hired_date, left_date
),

starts as (
    select
        hires.*,
        coalesce(
            (
                select min(live.go_live_date) from live
                where
                    live.agent_id = hires.agent_id
                    and live.go_live_date >= hires.hired_date
                    and (hires.left_date is null or live.go_live_date < hires.left_date)
            ),
            cast({{ add_days('hires.hired_date', var('ramp_training_days')) }} as date)
        ) as go_live_date
    from hires
),

weeks as (
    select
        chart.entity_id as agent_id,
        chart.metric,
        chart.good_direction,
        chart.week_start_date,
        chart.n,
        chart.measured,
        employed.client_id,
        {{ dbt.datediff('employed.service_date', 'chart.week_start_date', 'day') }} as tenure_days
    from {{ ref('agent_chart') }} as chart
    inner join {{ ref('dim_employment') }} as employed
        on
            chart.entity_id = employed.agent_id
            and chart.client_id = employed.client_id
            and {{ valid_on('employed', 'chart.week_start_date') }}
    where chart.entity_kind = 'agent' and chart.good_direction <> 'neither'
),

-- Who went live before charts of the client begin may have been there long before: nobody watched.
begins as (
    select
        client_id,
        min(week_start_date) as first_week_date
    from weeks
    group by client_id
),

-- The usual level of people who have been here for a year, and how near to it is there.
tenured as (
    select
        client_id,
        metric,
        {{ exact_sum('measured * n') }} / sum(n) as tenured_mean
    from weeks
    where tenure_days > 365
    group by client_id, metric
    having count(distinct agent_id) >= 8
),

asked as (
    select
        goal.client_id,
        goal.metric,
        max(goal.target) as hardest_up,
        min(goal.target) as hardest_down
    from {{ ref('int_people_target') }} as goal
    inner join {{ ref('int_as_of') }} as known on {{ valid_on('goal', 'known.as_of_date') }}
    where goal.applies_to = 'agent'
    group by goal.client_id, goal.metric
),

-- What the client's metric set asks of all its agents; where it asks nothing, that usual level.
targets as (
    select
        seen.client_id,
        seen.metric,
        seen.good_direction,
        tenured.tenured_mean,
        coalesce(
            case seen.good_direction when 'up' then asked.hardest_up else asked.hardest_down end,
            tenured.tenured_mean * case
                when seen.good_direction = 'up' then 1 - {{ var('ramp_tolerance_rate') }}
                else 1 + {{ var('ramp_tolerance_rate') }}
            end
        ) as target
    from (
        select distinct
            client_id,
            metric,
            good_direction
        from weeks
    ) as seen
    left join tenured on seen.client_id = tenured.client_id and seen.metric = tenured.metric
    left join asked
        on seen.client_id = asked.client_id and replace(seen.metric, '.', '_') = asked.metric
    where coalesce(asked.hardest_up, tenured.tenured_mean) is not null
),

reached as (
    select
        start.agent_id,
        start.hired_date,
        week.metric,
        week.week_start_date,
        sum(
            case
                when target.good_direction = 'up' and week.measured >= target.target then 1
                when target.good_direction = 'down' and week.measured <= target.target then 1
                else 0
            end
        ) over following as weeks_at_target_n,
        max(week.week_start_date) over following as fourth_week_date
    from starts as start
    inner join weeks as week
        on
            start.agent_id = week.agent_id
            and start.go_live_date <= week.week_start_date
            and (start.left_date is null or start.left_date > week.week_start_date)
    inner join targets as target
        on week.client_id = target.client_id and week.metric = target.metric
    window following as (
        partition by start.agent_id, start.hired_date, week.metric
        order by week.week_start_date
        rows between current row and 3 following
    )
),

firsts as (
    select
        agent_id,
        hired_date,
        metric,
        min(
            case
                when
                    weeks_at_target_n = 4
                    and {{ dbt.datediff('week_start_date', 'fourth_week_date', 'day') }} = 21
                    then week_start_date
            end
        ) as first_week_date,
        max(week_start_date) as last_week_date
    from reached
    group by agent_id, hired_date, metric
)

select
    start.agent_id,
    start.hired_date,
    start.go_live_date,
    cast(date_trunc('month', start.go_live_date) as date) as cohort_month_date,
    start.client_id,
    start.site_id,
    start.hire_source,
    first.metric,
    target.target,
    target.tenured_mean,
    first.first_week_date is not null as is_reached,
    cast({{ add_days('first.first_week_date', 27) }} as date) as reached_date,
    -- Sustained when four weeks have shown it; who is not there counts until the last week seen.
    cast(
        {{ dbt.datediff(
            'start.go_live_date',
            'coalesce(' ~ add_days('first.first_week_date', 27) ~ ', '
            ~ add_days('first.last_week_date', 6) ~ ')', 'day'
        ) }} as integer
    ) as days_observed_n,
    start.left_date,
    start.go_live_date >= begun.first_week_date as is_watched_from_start,
    cast({{ var('ramp_target_days') }} as integer) as target_days
from starts as start
inner join firsts as first
    on start.agent_id = first.agent_id and start.hired_date = first.hired_date
inner join targets as target
    on start.client_id = target.client_id and first.metric = target.metric
inner join begins as begun on start.client_id = begun.client_id
