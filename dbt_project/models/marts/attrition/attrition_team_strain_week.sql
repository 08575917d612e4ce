{{ config(materialized='table') }}
{#- The sum is explained by its parts beside it. -#}
{%- set points = strain_points() %}

with teams as (
    select
        leader_id,
        week_start_date,
        min(site_id) as site_id,
        count(distinct agent_id) as agents_n,
        count(*) as agent_days_n,
    {% for part in points -%}
    {{ exact_sum(part) }} as {{ part }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('int_strain_day') }}
    -- Nobody leads himself; such a record is in attrition.employment_anomaly.
    where leader_id <> agent_id
    group by leader_id, week_start_date
)

select
    leader_id,
    week_start_date,
    site_id,
    cast(agents_n as integer) as agents_n,
    cast(agent_days_n as integer) as agent_days_n,
    agents_n < {{ var('smallest_group') }} as is_suppressed,
    {% for part in points -%}
    case when agents_n >= {{ var('smallest_group') }} then {{ part }} end as {{ part }},
    {% endfor -%}
    case
        when agents_n >= {{ var('smallest_group') }}
            then ({{ strain_sum() }}) / agents_n
    end as strain_points_per_agent
from teams
-- A week in the making would tell of one day, and then of one person.
where
    {{ add_days('week_start_date', 7 + var('strain_close_days')) }}
    <= (select known.as_of_date from {{ ref('int_as_of') }} as known)
