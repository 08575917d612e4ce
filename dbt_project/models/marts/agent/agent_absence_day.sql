with absences as (
    select
        absence.*,
        coalesce(absence.ended_at_utc, cast({{ add_days('as_of.as_of_date', 1) }} as timestamp))
            as until_utc,
        cast({{ to_local(
            add_seconds(
                "coalesce(absence.ended_at_utc, cast(" ~ add_days('as_of.as_of_date', 1)
                ~ " as timestamp))", -1
            ), 'absence.time_zone'
        ) }} as date) as last_date
    from {{ ref('fct_absence') }} as absence
    cross join {{ ref('int_as_of') }} as as_of
),

-- A date of an absence and the shift of that date; a night shift reaches into the next.
scheduled as (
    select
        absence.absence_id,
        day.date_day as shift_date,
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
    inner join {{ ref('dim_date') }} as day
        on
            day.date_day >= {{ add_days('absence.site_date', -1) }}
            and absence.last_date >= day.date_day
    left join {{ ref('fct_schedule') }} as schedule
        on
            absence.agent_id = schedule.agent_id
            and day.date_day = schedule.shift_date
            and schedule.activity <> 'off'
    group by absence.absence_id, day.date_day
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
    inner join absences as absence on day.absence_id = absence.absence_id
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
