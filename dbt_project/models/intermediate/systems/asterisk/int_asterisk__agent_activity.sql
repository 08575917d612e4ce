{{ config(
    materialized='incremental',
    incremental_strategy='touched',
    meta={'touched': {'column': 'event_date', 'feeds': {'agent_activity': [0, 0]}}}
) }}

{%- set kinds = ['login', 'pause', 'wrapup', 'call'] %}

with edges as (
    select
        *,
        from_at as edge_at,
        1 as step
    from {{ ref('int_asterisk__spans') }}
    where to_at > from_at
    union all
    select
        *,
        to_at as edge_at,
        -1 as step
    from {{ ref('int_asterisk__spans') }}
    where to_at > from_at
),

instants as (
    select
        site_id,
        agent_code,
        edge_at,
        min(time_zone) as time_zone,
        {% for kind in kinds -%}
        sum(case when span = '{{ kind }}' then step else 0 end) as {{ kind }}_step,
        {% endfor -%}
        max(case when span = 'pause' and step = 1 then coalesce(pause_code, 'PAUSE') end)
            as pause_code,
        min_by(file_id, row_number) as file_id,
        min(row_number) as row_number
    from edges
    group by site_id, agent_code, edge_at
),

running as (
    select
        site_id,
        agent_code,
        time_zone,
        edge_at as started_at,
        lead(edge_at) over along as ended_at,
        {% for kind in kinds -%}
        sum({{ kind }}_step) over along > 0 as in_{{ kind }},
        {% endfor -%}
        -- A pause within a pause changes nothing, its reason neither.
        case when sum(pause_step) over along = pause_step then pause_code end
            as begun_pause_code,
        file_id,
        row_number
    from instants
    window along as (partition by site_id, agent_code order by edge_at)
),

states as (
    select
        *,
        last_value(begun_pause_code ignore nulls) over (
            partition by site_id, agent_code order by started_at
        ) as pause_code
    from running
)

select
    agent_code,
    site_id,
    time_zone,
    -- A pause that the agent asked for counts as one even where a call or its wrap-up runs into it.
    case
        when in_pause then pause_code
        when in_wrapup then 'WRAPUP'
        when in_call then 'ON_CALL'
        else 'AVAILABLE'
    end as activity_code,
    in_login as is_logged_in,
    started_at,
    ended_at,
    cast(started_at as date) as event_date,
    file_id,
    row_number
from states
where
    (in_login or in_pause or in_wrapup or in_call)
    and {{ only_touched('cast(started_at as date)') }}
