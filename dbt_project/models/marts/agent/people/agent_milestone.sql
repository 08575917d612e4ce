{{ config(materialized='table') }}

with resolved as (
    select
        agent_id,
        cast(resolved_at_utc as date) as reached_date,
        row_number() over (partition by agent_id order by resolved_at_utc, case_id) as resolved_n
    from {{ ref('fct_case') }}
    where is_resolved and agent_id is not null
),

weeks as (
    select
        *,
        case when good_direction = 'up' then observed else -1 * observed end as merit,
        coalesce((observed > centre) = (good_direction = 'up') and observed <> centre, false)
            as is_good_week
    from {{ ref('agent_chart') }}
    where entity_kind = 'agent' and good_direction <> 'neither'
),

bests as (
    select
        *,
        max(merit) over (
            partition by entity_id, client_id, metric
            order by point_number
            rows between unbounded preceding and 1 preceding
        ) as best_before
    from weeks
),

runs as (
    select
        *,
        sum(case when is_good_week then 0 else 1 end) over (
            partition by entity_id, client_id, metric
            order by point_number
            rows between unbounded preceding and current row
        ) as run
    from weeks
),

streaks as (
    select
        *,
        row_number() over (partition by entity_id, client_id, metric, run order by point_number)
            as week_of_run
    from runs
    where is_good_week
),

milestones as (
    select
        agent_id,
        'resolved_case' as milestone,
        cast(resolved_n as {{ dbt.type_string() }}) || ' cases resolved' as in_words,
        cast(null as {{ dbt.type_string() }}) as client_id,
        cast(null as {{ dbt.type_string() }}) as metric,
        reached_date
    from resolved
    where resolved_n in (100, 500, 1000, 5000, 10000)

    union all

    select
        entity_id as agent_id,
        'personal_best' as milestone,
        'best week so far, of ' || cast(point_number as {{ dbt.type_string() }}) as in_words,
        client_id,
        metric,
        cast({{ add_days('week_start_date', 6) }} as date) as reached_date
    from bests
    where point_number > 12 and merit > best_before and n >= {{ var('people_minimum_n') }}

    union all

    select
        entity_id as agent_id,
        'streak' as milestone,
        cast(week_of_run as {{ dbt.type_string() }}) || ' weeks running better than before'
            as in_words,
        client_id,
        metric,
        cast({{ add_days('week_start_date', 6) }} as date) as reached_date
    from streaks
    where week_of_run in (6, 12, 26)

    union all

    select
        entity_id as agent_id,
        'comeback' as milestone,
        'back on form after a stretch that was worse' as in_words,
        client_id,
        metric,
        found_week_date as reached_date
    from {{ ref('agent_signal') }}
    where entity_kind = 'agent' and is_return_to_form

    union all

    select
        agent_id,
        'at_target' as milestone,
        'at target for four weeks running, for the first time' as in_words,
        client_id,
        metric,
        reached_date
    from {{ ref('agent_ramp') }}
    where is_reached and is_watched_from_start

    union all

    select
        agent_id,
        'month_at_target' as milestone,
        'first month at target' as in_words,
        client_id,
        metric,
        last_date as reached_date
    from {{ ref('int_first_month_at_target') }}

    union all

    select
        mentor_id as agent_id,
        'mentor' as milestone,
        case
            when count(*) = 1 then 'mentor of a new hire'
            else 'mentor of ' || cast(count(*) as {{ dbt.type_string() }}) || ' new hires'
        end as in_words,
        cast(null as {{ dbt.type_string() }}) as client_id,
        cast(null as {{ dbt.type_string() }}) as metric,
        valid_from as reached_date
    from {{ ref('fct_mentoring') }}
    group by mentor_id, valid_from
),

led as (
    -- Who leads the person now; what he did under others stays credited to them elsewhere.
    select
        employed.agent_id,
        employed.leader_id
    from {{ ref('dim_employment') }} as employed
    inner join {{ ref('int_as_of') }} as known on {{ valid_on('employed', 'known.as_of_date') }}
)

select
    reached.agent_id,
    led.leader_id,
    reached.milestone,
    reached.in_words,
    reached.client_id,
    reached.metric,
    reached.reached_date
from milestones as reached
left join led on reached.agent_id = led.agent_id
