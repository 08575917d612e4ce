with people as (
    select
        dimension,
        group_value,
        count(*) as people_n,
        sum(case when is_event then 1 else 0 end) as leavers_n,
        max(exit_day) as longest_days
    from {{ ref('int_survival_groups') }}
    group by dimension, group_value
),

medians as (
    select
        dimension,
        group_value,
        min(day_n) as median_days
    from {{ ref('attrition_survival') }}
    -- A product of shares that is one half may be off by the last bit.
    where survival_rate <= 0.5 + 1e-12
    group by dimension, group_value
),

reached as (
    select
        people.dimension,
        people.group_value,
        horizon.days as horizon_days,
        max(curve.day_n) as last_day_n
    from people
    inner join (values (30), (90), (180), (365)) as horizon (days) on true
    left join {{ ref('attrition_survival') }} as curve
        on
            people.dimension = curve.dimension
            and people.group_value = curve.group_value
            and horizon.days >= curve.day_n
    group by people.dimension, people.group_value, horizon.days
)

select
    people.dimension,
    people.group_value,
    cast(reached.horizon_days as integer) as horizon_days,
    cast(people.people_n as bigint) as people_n,
    cast(people.leavers_n as bigint) as leavers_n,
    people.longest_days >= reached.horizon_days as is_mature,
    case
        when people.longest_days >= reached.horizon_days
            then coalesce(curve.survival_rate, 1e0)
    end as survival_rate,
    case when people.longest_days >= reached.horizon_days then curve.survival_low end
        as survival_low,
    case when people.longest_days >= reached.horizon_days then curve.survival_high end
        as survival_high,
    curve.least_at_risk_n,
    cast(median.median_days as integer) as median_days,
    as_of.as_of_date
from people
cross join {{ ref('int_as_of') }} as as_of
inner join reached
    on
        people.dimension = reached.dimension
        and people.group_value = reached.group_value
left join {{ ref('attrition_survival') }} as curve
    on
        reached.dimension = curve.dimension
        and reached.group_value = curve.group_value
        and reached.last_day_n = curve.day_n
left join medians as median
    on
        people.dimension = median.dimension
        and people.group_value = median.group_value
