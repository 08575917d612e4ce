{{ config(materialized='table') }}

with hires as (
    {% for cohort in [
        "'all'", 'substr(cast(cohort_month_date as ' ~ dbt.type_string() ~ '), 1, 7)'
    ] -%}
    select
        coalesce(client_id, 'unmapped') as client_id,
        metric,
        {{ cohort }} as cohort,
        0 as entry_day,
        days_observed_n as exit_day,
        is_reached as is_event
    from {{ ref('agent_ramp') }}
    where is_watched_from_start
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

{{ risk_sets('hires', ['client_id', 'metric', 'cohort']) }},

{{ kaplan_meier(['client_id', 'metric', 'cohort']) }}

select
    client_id,
    metric,
    cohort,
    cast(day_n as integer) as day_n,
    cast(at_risk_n as bigint) as at_risk_n,
    cast(event_n as bigint) as reached_n,
    survival_rate as not_yet_rate,
    survival_low as not_yet_low,
    survival_high as not_yet_high,
    day_n <= {{ var('ramp_target_days') }} as is_within_target
from survival
