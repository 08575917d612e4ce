{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'event_date', 'feeds': {'agent_activity': [0, 0]}}}
) }}

{%- set kinds = ['login', 'member', 'member_pause', 'pause', 'wrapup', 'call'] %}

with edges as (
    select
        *,
        from_at as edge_at,
        case when to_at > from_at then 1 else 0 end as step
    from {{ ref('int_asterisk__spans') }}
    where to_at > from_at or span in ('reason', 'midnight')
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
        max(case when span = 'reason' then pause_code end) as reason,
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
        sum({{ kind }}_step) over along as {{ kind }}_n,
        {% endfor -%}
        {{ last_known('reason') }} over along as reason,
        file_id,
        row_number
    from instants
    window along as (partition by site_id, agent_code order by edge_at)
),

-- In a pause is who is paused in every queue of his; where the log does not tell them, in any.
states as (
    select
        *,
        login_n > 0 as in_login,
        case when member_n > 0 then member_pause_n >= member_n else pause_n > 0 end as in_pause
    from running
)

select
    agent_code,
    site_id,
    time_zone,
    -- A pause that the agent asked for counts as one even where a call or its wrap-up runs into it.
    case
        when in_pause then coalesce(nullif(reason, ''), 'PAUSE')
        when wrapup_n > 0 then 'WRAPUP'
        when call_n > 0 then 'ON_CALL'
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
    (in_login or in_pause or wrapup_n > 0 or call_n > 0)
    and {{ only_touched('cast(started_at as date)') }}
