-- Each date of an absence, and the one before: a night shift reaches into the next. An open absence
-- lasts until tonight. What is absent of a shift lies within three days of its date.
with absences as (
    select
        absence.*,
        coalesce(absence.ended_at_utc, cast({{ add_days('as_of.as_of_date', 1) }} as timestamp))
            as until_utc
    from {{ ref('fct_absence') }} as absence
    cross join {{ ref('int_as_of') }} as as_of
)

select
    absence.absence_id,
    absence.agent_id,
    absence.site_id,
    absence.site_date,
    absence.absence_class,
    absence.is_planned,
    absence.is_paid,
    absence.started_at_utc,
    least(absence.until_utc, cast({{ add_days('day.date_day', 3) }} as timestamp)) as until_utc,
    day.date_day as shift_date
from absences as absence
inner join {{ ref('dim_date') }} as day
    on
        day.date_day >= {{ add_days('absence.site_date', -1) }}
        and day.date_day <= cast({{ to_local(
            add_seconds('absence.until_utc', -1), 'absence.time_zone'
        ) }} as date)
