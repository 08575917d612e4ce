-- What a scorecard looks back on, and the stretch of equal length before it.
with as_of as (
    select
        as_of_date,
        cast(date_trunc('week', {{ add_days('as_of_date', 1) }}) as date) as next_week_date,
        cast(date_trunc('month', {{ add_days('as_of_date', 1) }}) as date) as next_month_date
    from {{ ref('int_as_of') }}
),

current_windows as (
    select
        'week' as look_back,
        {{ add_days('next_week_date', -7) }} as first_date,
        {{ add_days('next_week_date', -1) }} as last_date
    from as_of
    union all
    select
        'month' as look_back,
        cast(date_trunc('month', {{ add_days('next_month_date', -1) }}) as date) as first_date,
        {{ add_days('next_month_date', -1) }} as last_date
    from as_of
    {% for days in [30, 90, 365] -%}
    union all
    select
        'days_{{ days }}' as look_back,
        {{ add_days('as_of_date', 1 - days) }} as first_date,
        as_of_date as last_date
    from as_of
    {% endfor %}
)

select
    look_back,
    'current' as place,
    cast(first_date as date) as first_date,
    cast(last_date as date) as last_date
from current_windows

union all

select
    look_back,
    'before' as place,
    case
        when look_back = 'month'
            then cast(date_trunc('month', {{ add_days('first_date', -1) }}) as date)
        else cast(
            {{ add_days(
                'first_date',
                'cast(-1 * (' ~ dbt.datediff('first_date', 'last_date', 'day') ~ ' + 1) as integer)'
            ) }} as date
        )
    end as first_date,
    cast({{ add_days('first_date', -1) }} as date) as last_date
from current_windows
