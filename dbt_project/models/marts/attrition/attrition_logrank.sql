{%- set groups = ['dimension', 'group_value'] %}
{%- set variance -%}
    case
        when at_risk_n > 1
            then
                event_n * one_at_risk_n * other_at_risk_n * (at_risk_n - event_n)
                / (at_risk_n * at_risk_n * (at_risk_n - 1))
        else 0e0
    end
{%- endset %}

with sizes as (
    select
        dimension,
        group_value,
        count(*) as people_n
    from {{ ref('int_survival_groups') }}
    group by dimension, group_value
    having count(*) >= {{ var('survival_min_hires') }}
),

persons as (
    select person.*
    from {{ ref('int_survival_groups') }} as person
    inner join sizes
        on person.dimension = sizes.dimension and person.group_value = sizes.group_value
),

{{ risk_sets('persons', groups) }},

days as (
    select distinct
        dimension,
        day_n
    from risk_days
),

-- The number at risk in a group on a day on which only others left.
on_days as (
    select
        size.dimension,
        size.group_value,
        day.day_n,
        coalesce(own.event_n, 0) as event_n,
        coalesce(own.at_risk_n, sum(
            coalesce(own.entered_n - own.event_n - own.censored_n, 0)
        ) over (
            partition by size.dimension, size.group_value
            order by day.day_n
            rows between unbounded preceding and 1 preceding
        ), 0) as at_risk_n
    from sizes as size
    inner join days as day on size.dimension = day.dimension
    left join risk_sets as own
        on
            size.dimension = own.dimension
            and size.group_value = own.group_value
            and day.day_n = own.day_n
),

pairs as (
    select
        one.dimension,
        one.group_value as one_value,
        other.group_value as other_value,
        one.day_n,
        cast(one.event_n + other.event_n as double) as event_n,
        cast(one.at_risk_n as double) as one_at_risk_n,
        cast(other.at_risk_n as double) as other_at_risk_n,
        cast(one.at_risk_n + other.at_risk_n as double) as at_risk_n,
        cast(one.event_n as double) as one_event_n
    from on_days as one
    inner join on_days as other
        on
            one.dimension = other.dimension
            and one.day_n = other.day_n
            and one.group_value < other.group_value
    where one.event_n + other.event_n > 0 and one.at_risk_n + other.at_risk_n > 0
),

summed as (
    select
        dimension,
        one_value,
        other_value,
        sum(one_event_n) as one_leavers_n,
        {{ ordered_sum('event_n * one_at_risk_n / at_risk_n', 'day_n') }} as one_expected_n,
        {{ ordered_sum(variance, 'day_n') }} as variance
    from pairs
    group by dimension, one_value, other_value
),

scored as (
    select
        *,
        case when variance > 0 then (one_leavers_n - one_expected_n) / sqrt(variance) end as z
    from summed
),

sized as (
    select
        *,
        abs(z) as z_size
    from scored
)

select
    dimension,
    one_value,
    other_value,
    cast(one_leavers_n as bigint) as one_leavers_n,
    one_expected_n,
    variance,
    z * z as chi_square,
    case when z_size is not null then 2e0 * ({{ normal_upper_tail('z_size') }}) end as p_value
from sized
