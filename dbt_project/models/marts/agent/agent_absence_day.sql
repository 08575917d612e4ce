{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'shift_date',
        'follows': {'int_absence_day': [0, 0], 'fct_schedule': [0, 0]},
        'as_of_employment': true,
        'only_changed': true
    }}
) }}

with absences as (
    select *
    from {{ ref('int_absence_day') }}
    where {{ only_touched('shift_date') }}
),

schedules as (
    select *
    from {{ ref('fct_schedule') }}
    where {{ only_touched('shift_date') }}
),

scheduled as (
    select
        absence.absence_id,
        absence.shift_date,
        sum(
            case
                when
                    schedule.activity not in ('break', 'lunch')
                    and schedule.started_at_utc < absence.until_utc
                    and schedule.ended_at_utc > absence.started_at_utc
                    then {{ seconds_between(
                        'greatest(schedule.started_at_utc, absence.started_at_utc)',
                        'least(schedule.ended_at_utc, absence.until_utc)'
                    ) }}
            end
        ) as scheduled_absent_s
    from absences as absence
    left join schedules as schedule
        on
            absence.agent_id = schedule.agent_id
            and absence.shift_date = schedule.shift_date
            and schedule.activity <> 'off'
    group by absence.absence_id, absence.shift_date
),

days as (
    select
        absence.agent_id,
        day.shift_date,
        min(absence.site_id) as site_id,
        cast(count(*) as integer) as absences_n,
        min(absence.absence_class) as absence_class,
        {{ sum_s('case when absence.is_planned then day.scheduled_absent_s end') }}
            as planned_absence_s,
        {{ sum_s('case when not absence.is_planned then day.scheduled_absent_s end') }}
            as unplanned_absence_s,
        {{ sum_s('case when absence.is_paid then day.scheduled_absent_s end') }} as paid_absence_s
    from scheduled as day
    inner join absences as absence
        on day.absence_id = absence.absence_id and day.shift_date = absence.shift_date
    where day.shift_date >= absence.site_date or day.scheduled_absent_s > 0
    group by absence.agent_id, day.shift_date
)

select
    day.*,
    {{ employed_as('employment', 'day.shift_date') }}
from days as day
left join {{ ref('dim_employment') }} as employment
    on
        day.agent_id = employment.agent_id
        and {{ valid_on('employment', 'day.shift_date') }}
