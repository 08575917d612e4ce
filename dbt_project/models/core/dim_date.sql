with days as (
    {{ date_range(var('calendar_first_date'), var('calendar_last_date')) }}
),

weeks as (
    select
        date_day,
        cast({{ iso_day_of_week('date_day') }} as integer) as iso_day_of_week,
        cast(date_trunc('week', date_day) as date) as iso_week_start_date
    from days
)

select
    date_day,
    cast(extract(year from date_day) as integer) as calendar_year,
    cast(extract(quarter from date_day) as integer) as calendar_quarter,
    cast(extract(month from date_day) as integer) as calendar_month,
    cast(date_trunc('month', date_day) as date) as month_start_date,
    -- The ISO year is the year of the week's Thursday.
    cast(extract(year from {{ add_days('iso_week_start_date', 3) }}) as integer) as iso_year,
    cast(extract(week from date_day) as integer) as iso_week,
    iso_week_start_date,
    iso_day_of_week,
    iso_day_of_week >= 6 as is_weekend
from weeks
