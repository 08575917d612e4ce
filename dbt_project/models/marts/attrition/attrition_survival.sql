{%- set groups = ['dimension', 'group_value'] %}

with {{ risk_sets(ref('int_survival_groups'), groups) }},

{{ kaplan_meier(groups) }}

select
    dimension,
    group_value,
    cast(day_n as integer) as day_n,
    cast(at_risk_n as bigint) as at_risk_n,
    cast(least_at_risk_n as bigint) as least_at_risk_n,
    cast(event_n as bigint) as leavers_n,
    survival_rate,
    greenwood,
    survival_low,
    survival_high
from survival
