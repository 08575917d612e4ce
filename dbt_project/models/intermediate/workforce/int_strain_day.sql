{{ config(materialized='table') }}
-- Each part of the load of a day worked; weights and sums are in macros/strain.sql.
with half_hours as (
    select
        agent_id,
        site_date as shift_date,
        sum(case when busy_s > 0.85 * handling_s then logged_in_s else 0 end) as above_85_s,
        sum(case when busy_s > 0.90 * handling_s then logged_in_s else 0 end) as above_90_s
    from (
        select
            agent_id,
            site_date,
            logged_in_s,
            on_contact_state_s + acw_state_s as busy_s,
            on_contact_state_s + acw_state_s + available_state_s as handling_s
        from {{ ref('agent_half_hour') }}
    ) as measured
    -- A few minutes of a half hour say nothing of its load.
    where handling_s >= 900
    group by agent_id, site_date
),

rests as (
    select
        agent_id,
        session_date as shift_date,
        {{ seconds_between(
            'lag(ended_at_utc) over (partition by agent_id order by started_at_utc)',
            'started_at_utc'
        ) }} as rest_s
    from {{ ref('int_agent_sessions') }}
),

short_rests as (
    select
        agent_id,
        shift_date,
        {{ count_if('rest_s < ' ~ var('strain_rest_hours') ~ ' * 3600') }} as short_rests_n
    from rests
    group by agent_id, shift_date
),

-- A rest that the rules of the place call too short is short, whatever the house's own measure.
broken_rests as (
    select
        agent_id,
        shift_date,
        cast(count(*) as bigint) as broken_n
    from {{ ref('agent_labour_breach') }}
    where rule in ('daily_rest_min', 'weekly_rest_min')
    group by agent_id, shift_date
),

moves as (
    select
        agent_id,
        shift_date,
        {{ count_if('is_moved_at_short_notice or is_added_at_short_notice') }} as moves_n
    from {{ ref('fct_schedule_change') }}
    group by agent_id, shift_date
),

hard_runs as (
    select
        agent_id,
        shift_date,
        cast(count(*) as bigint) as runs_n
    from {{ ref('int_hard_contact_run') }}
    group by agent_id, shift_date
),

worked as (
    select
        agent_id,
        shift_date,
        max(leader_id) as leader_id,
        max(site_id) as site_id,
        sum(break_state_s + lunch_state_s) as rested_s,
        sum(paid_s) as paid_s,
        row_number() over (partition by agent_id order by shift_date) as day_number
    from {{ ref('agent_day') }}
    where logged_in_s > 0
    group by agent_id, shift_date
),

runs as (
    select
        *,
        row_number() over (
            partition by agent_id, {{ add_days('shift_date', 'cast(-1 * day_number as integer)') }}
            order by shift_date
        ) as day_of_run
    from worked
)

select
    run.agent_id,
    run.shift_date,
    run.leader_id,
    run.site_id,
    cast(date_trunc('week', run.shift_date) as date) as week_start_date,
    coalesce(load_.above_85_s, 0) / 3600e0 as hours_above_85,
    coalesce(load_.above_90_s, 0) / 3600e0 as hours_above_90,
    case
        when
            plan.scheduled_break_s + plan.scheduled_lunch_s > 0
            and run.rested_s < 0.5 * (plan.scheduled_break_s + plan.scheduled_lunch_s)
            then 1
        else 0
    end as breaks_skipped_n,
    greatest(coalesce(rest.short_rests_n, 0), coalesce(broken.broken_n, 0)) as short_rests_n,
    greatest(coalesce(run.paid_s - plan.scheduled_paid_s, 0), 0) / 3600e0 as overtime_hours,
    coalesce(move.moves_n, 0) as short_notice_moves_n,
    case when run.day_of_run > 6 then 1 else 0 end as days_beyond_six_in_a_row_n,
    coalesce(hard.runs_n, 0) as hard_contact_runs_n,
    -- Once a week and person, on the first day worked in it.
    case
        when
            long_.agent_id is not null
            and row_number() over (
                partition by run.agent_id, date_trunc('week', run.shift_date)
                order by run.shift_date
            ) = 1
            then 1
        else 0
    end as weeks_long_without_leave_n
from runs as run
left join half_hours as load_
    on run.agent_id = load_.agent_id and run.shift_date = load_.shift_date
left join {{ ref('agent_schedule_day') }} as plan
    on run.agent_id = plan.agent_id and run.shift_date = plan.shift_date
left join short_rests as rest
    on run.agent_id = rest.agent_id and run.shift_date = rest.shift_date
left join broken_rests as broken
    on run.agent_id = broken.agent_id and run.shift_date = broken.shift_date
left join {{ ref('int_long_without_leave') }} as long_
    on run.agent_id = long_.agent_id and {{ valid_on('long_', 'run.shift_date') }}
left join moves as move
    on run.agent_id = move.agent_id and run.shift_date = move.shift_date
left join hard_runs as hard
    on run.agent_id = hard.agent_id and run.shift_date = hard.shift_date
