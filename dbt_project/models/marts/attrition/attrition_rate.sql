{%- set dimensions = {
    'company': "'all'",
    'site_id': 'site_id',
    'client_id': 'client_id',
    'line_of_business': 'line_of_business',
    'role': 'role',
    'leader_id': 'leader_id'
} %}

with months as (
    {% for dimension, expression in dimensions.items() -%}
    select
        '{{ dimension }}' as dimension,
        {{ expression }} as group_value,
        known_as,
        month_start_date,
        sum(opening_n) as opening_n,
        sum(closing_n) as closing_n,
        sum(average_headcount) as average_headcount,
        sum(leavers_n) as leavers_all_n,
        sum(leavers_n - leavers_internal_n) as leavers_external_n,
        sum(leavers_voluntary_n) as leavers_voluntary_n,
        sum(leavers_involuntary_n) as leavers_involuntary_n
    from {{ ref('attrition_headcount_month') }}
    where is_complete
    group by group_value, known_as, month_start_date
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

ends as (
    select distinct
        known_as,
        month_start_date
    from months
),

-- Months and quarters of the calendar, and twelve months that end with each month.
periods as (
    select
        month.*,
        span.period,
        span.months_n,
        case
            when span.period = 'month' then month.month_start_date
            else cast(date_trunc('quarter', month.month_start_date) as date)
        end as period_key
    from months as month
    inner join (values ('month', 1), ('quarter', 3)) as span (period, months_n) on true

    union all

    select
        month.*,
        'twelve_months' as period,
        12 as months_n,
        ends.month_start_date as period_key
    from ends
    inner join months as month
        on
            ends.known_as = month.known_as
            and ends.month_start_date >= month.month_start_date
            and {{ dbt.datediff('month.month_start_date', 'ends.month_start_date', 'month') }} < 12
),

summed as (
    select
        dimension,
        group_value,
        known_as,
        period,
        months_n,
        min(month_start_date) as period_start_date,
        max(month_start_date) as last_month_date,
        min_by(opening_n, month_start_date) as opening_n,
        max_by(closing_n, month_start_date) as closing_n,
        sum(average_headcount) as headcount_months,
        {% for class in ['all', 'external', 'voluntary', 'involuntary'] -%}
        sum(leavers_{{ class }}_n) as leavers_{{ class }}_n,
        {% endfor -%}
        count(*) as found_n
    from periods
    group by dimension, group_value, known_as, period, months_n, period_key
    having count(*) = months_n
),

methods as (
    select
        summed.*,
        method.method,
        cast(
            case method.method
                when 'opening' then summed.opening_n
                when 'closing' then summed.closing_n
                when 'average' then (summed.opening_n + summed.closing_n) / 2e0
                else cast(summed.headcount_months as double) / summed.months_n
            end as double
        ) as headcount
    from summed
    inner join (
        values ('opening'), ('closing'), ('average'), ('monthly_averages')
    ) as method (method) on true
),

classes as (
    {% for class in ['all', 'external', 'voluntary', 'involuntary'] -%}
    select
        dimension,
        group_value,
        known_as,
        period,
        period_start_date,
        last_month_date,
        months_n,
        method,
        '{{ class }}' as leaver_class,
        leavers_{{ class }}_n as leavers_n,
        headcount,
        cast(leavers_{{ class }}_n as double) / nullif(headcount, 0) as attrition_rate
    from methods
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select
    dimension,
    group_value,
    known_as,
    period,
    period_start_date,
    last_month_date,
    cast(months_n as integer) as months_n,
    method,
    leaver_class,
    cast(leavers_n as bigint) as leavers_n,
    headcount,
    attrition_rate,
    attrition_rate * 12e0 / months_n as annualised_simple_rate,
    case
        when attrition_rate <= 1 then 1e0 - power(1e0 - attrition_rate, 12e0 / months_n)
    end as annualised_compound_rate
from classes
