{{ config(materialized='table') }}
{#- The same parts and weights as of a team, for the person alone. -#}
{%- set points = strain_points() %}

with weeks as (
    select
        agent_id,
        week_start_date,
        count(*) as days_n,
    {% for part in points -%}
    {{ exact_sum(part) }} as {{ part }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('int_strain_day') }}
    group by agent_id, week_start_date
)

select
    agent_id,
    week_start_date,
    cast(days_n as integer) as days_n,
    {% for part in points -%}
    {{ part }},
    {% endfor -%}
    {{ strain_sum() }} as strain_points
from weeks
where
    {{ add_days('week_start_date', 6) }}
    <= (select known.as_of_date from {{ ref('int_as_of') }} as known)
