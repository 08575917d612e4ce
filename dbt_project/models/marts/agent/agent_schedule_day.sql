{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'shift_date',
        'as_of_employment': true,
        'feeds': {'schedules': [-2, 1], 'agent_activity': [-2, 2]}
    }}
) }}

{%- set classes = [
    'on_queue', 'break', 'lunch', 'training', 'meeting', 'coaching', 'off_queue', 'unmapped'
] %}

with scheduled as (
    select
        *,
        {{ activity_class('activity') }} as class
    from {{ ref('fct_schedule') }}
    where activity <> 'off' and {{ only_touched('shift_date') }}
),

states as (
    select
        agent_id,
        shift_date,
        started_at_utc,
        ended_at_utc,
        activity,
        duration_s,
        {{ activity_class('activity') }} as class
    from {{ ref('fct_agent_activity') }}
    where {{ only_touched('shift_date', before=1, after=1) }}
),

-- An early login before midnight is a shift of the day before: look a day to each side.
shared as (
    select
        schedule.schedule_id,
        schedule.duration_s,
        {{ overlap_s('schedule', 'state') }} as shared_s,
        {{ is_agreed('schedule', 'state') }} as is_agreed,
        schedule.class in ('break', 'lunch') and state.class in ('break', 'lunch') as is_rest
    from scheduled as schedule
    inner join (values (-1), (0), (1)) as near (days) on true
    inner join states as state
        on
            schedule.agent_id = state.agent_id
            and cast({{ add_days('schedule.shift_date', 'near.days') }} as date) = state.shift_date
            and schedule.started_at_utc < state.ended_at_utc
            and schedule.ended_at_utc > state.started_at_utc
),

met as (
    select
        schedule_id,
        -- Two systems that say the same at once do not make it more.
        least(max(duration_s), sum(case when is_agreed then shared_s else 0 end)) as agreed_s,
        least(max(duration_s), sum(case when is_agreed or is_rest then shared_s else 0 end))
            as agreed_rest_alike_s
    from shared
    group by schedule_id
),

worked as (
    select
        agent_id,
        shift_date,
        {{ sum_s("case when class not in ('break', 'lunch') then duration_s end") }} as worked_s
    from states
    where activity <> 'logged_out'
    group by agent_id, shift_date
),

days as (
    select
        schedule.agent_id,
        schedule.shift_date,
        min(schedule.site_id) as site_id,
        min(case when schedule.is_mapped then 1 else 0 end) = 1 as is_mapped,
        min(schedule.started_at_utc) as starts_at_utc,
        max(schedule.ended_at_utc) as ends_at_utc,
        {{ sum_s('schedule.duration_s') }} as scheduled_s,
        {{ sum_s(
            "case when schedule.class not in ('break', 'lunch') then schedule.duration_s end"
        ) }} as scheduled_work_s,
        {{ sum_s('case when schedule.is_paid then schedule.duration_s end') }} as scheduled_paid_s,
        {% for class in classes -%}
        {{ sum_s("case when schedule.class = '" ~ class ~ "' then schedule.duration_s end") }}
            as scheduled_{{ class }}_s,
        {% endfor -%}
        {{ sum_s('met.agreed_s') }} as in_adherence_s,
        {{ sum_s('met.agreed_rest_alike_s') }} as in_adherence_rest_alike_s
    from scheduled as schedule
    left join met on schedule.schedule_id = met.schedule_id
    group by schedule.agent_id, schedule.shift_date
)

select
    day.*,
    coalesce(worked.worked_s, 0) as worked_s,
    worked.agent_id is not null as is_activity_sent,
    {{ employed_as('employment', 'day.shift_date') }}
from days as day
left join worked
    on
        day.agent_id = worked.agent_id
        and day.shift_date = worked.shift_date
left join {{ ref('dim_employment') }} as employment
    on
        day.agent_id = employment.agent_id
        and {{ valid_on('employment', 'day.shift_date') }}
