with mapped as (
    select
        agent_id,
        max_by(site_id, valid_from) as site_id,
        count(distinct source_system || ':' || agent_code) as codes_n
    from {{ ref('stg_company__agents') }}
    group by agent_id
),

seen_once as (
    select
        seen_id as agent_id,
        min(seen_at) as site_id
    from {{ ref('int_seen_day') }}
    where kind = 'agent'
    group by seen_id
)

select
    agent_id,
    coalesce(site_id, 'unmapped') as site_id,
    cast(codes_n as integer) as codes_n,
    true as is_mapped
from mapped

union all

select
    seen_once.agent_id,
    seen_once.site_id,
    1 as codes_n,
    false as is_mapped
from seen_once
left join mapped on seen_once.agent_id = mapped.agent_id
where mapped.agent_id is null
