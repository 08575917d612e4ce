{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'event_date', 'feeds': {'agent_activity': [0, 0]}}}
) }}

with presences as (
    select *
    from {{ ref('stg_genesys__user_presence') }}
    where {{ only_touched('event_date', before=1, after=1) }} and ended_at > started_at
),

routings as (
    select *
    from {{ ref('stg_genesys__user_routing') }}
    where {{ only_touched('event_date', before=1, after=1) }} and ended_at > started_at
),

edges as (
    select
        agent_code,
        started_at as edge_at
    from presences
    union
    select
        agent_code,
        ended_at as edge_at
    from presences
    union
    select
        agent_code,
        started_at as edge_at
    from routings
    union
    select
        agent_code,
        ended_at as edge_at
    from routings
),

pieces as (
    select
        agent_code,
        edge_at as started_at,
        lead(edge_at) over (partition by agent_code order by edge_at) as ended_at
    from edges
)

select
    piece.agent_code,
    presence.site_id,
    presence.time_zone,
    -- On the queue the routing status says what for; elsewhere the presence does.
    case
        when presence.presence = 'ON_QUEUE' and routing.routing_status is not null
            then 'ON_QUEUE_' || routing.routing_status
        else presence.presence
    end as activity_code,
    true as is_logged_in,
    piece.started_at,
    piece.ended_at,
    cast(piece.started_at as date) as event_date,
    presence.file_id,
    presence.row_number
from pieces as piece
inner join presences as presence
    on
        piece.agent_code = presence.agent_code
        and piece.started_at >= presence.started_at
        and piece.ended_at <= presence.ended_at
left join routings as routing
    on
        piece.agent_code = routing.agent_code
        and piece.started_at >= routing.started_at
        and piece.ended_at <= routing.ended_at
where
    presence.presence <> 'OFFLINE'
    and {{ only_touched('cast(piece.started_at as date)') }}
