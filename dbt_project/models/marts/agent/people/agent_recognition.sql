{{ config(materialized='table') }}

with known as (
    select as_of_date from {{ ref('int_as_of') }}
),

present as (
    select
        employed.agent_id,
        employed.leader_id,
        employed.team_id,
        employed.site_id,
        employed.hired_date
    from {{ ref('dim_employment') }} as employed
    inner join known on {{ valid_on('employed', 'known.as_of_date') }}
),

received as (
    select
        agent_id,
        cast(count(*) as integer) as received_n,
        {{ count_if("kind = 'peer'") }} as received_from_peers_n,
        {{ count_if("kind = 'leader'") }} as received_from_leaders_n,
        max(site_date) as last_received_date
    from {{ ref('fct_recognition') }}
    where site_date > (select {{ add_days('as_of_date', -365) }} from known)
    group by agent_id
),

given as (
    select
        giver_id as agent_id,
        cast(count(*) as integer) as given_n
    from {{ ref('fct_recognition') }}
    where
        giver_id is not null
        and site_date > (select {{ add_days('as_of_date', -365) }} from known)
    group by giver_id
),

reasons as (
    select
        agent_id,
        cast(count(*) as integer) as milestones_90d_n
    from {{ ref('agent_milestone') }}
    where reached_date > (select {{ add_days('as_of_date', -90) }} from known)
    group by agent_id
),

strengths as (
    select
        agent_id,
        cast(count(*) as integer) as strengths_n
    from {{ ref('agent_coaching_focus') }}
    where kind = 'strength'
    group by agent_id
)

select
    person.agent_id,
    person.leader_id,
    person.team_id,
    person.site_id,
    coalesce(received.received_n, 0) as received_365d_n,
    coalesce(received.received_from_peers_n, 0) as received_from_peers_365d_n,
    coalesce(received.received_from_leaders_n, 0) as received_from_leaders_365d_n,
    coalesce(given.given_n, 0) as given_365d_n,
    received.last_received_date,
    coalesce(reasons.milestones_90d_n, 0) as milestones_90d_n,
    coalesce(strengths.strengths_n, 0) as strengths_n,
    -- There is something to thank for and nobody has, for 90 days.
    coalesce(reasons.milestones_90d_n, 0) + coalesce(strengths.strengths_n, 0) > 0
    and coalesce(
        received.last_received_date <= {{ add_days('known.as_of_date', -90) }},
        person.hired_date <= {{ add_days('known.as_of_date', -90) }}
    ) as is_overlooked
from present as person
cross join known
left join received on person.agent_id = received.agent_id
left join given on person.agent_id = given.agent_id
left join reasons on person.agent_id = reasons.agent_id
left join strengths on person.agent_id = strengths.agent_id
