with mapped as (
    select
        agent_id,
        max_by(site_id, valid_from) as site_id,
        count(distinct source_system || ':' || agent_code) as codes_n
    from {{ ref('stg_company__agents') }}
    group by agent_id
),

seen as (
    select
        agent_id,
        site_id
    from {{ ref('fct_agent_activity') }}
    union all
    select
        agent_id,
        site_id
    from {{ ref('fct_contact_leg') }}
    where agent_id is not null
    {%- for fact in ['fct_case', 'fct_survey', 'fct_outcome'] %}
    union all
    select
        agent_id,
        site_id
    from {{ ref(fact) }}
    where agent_id is not null
    {%- endfor %}
),

seen_once as (
    select
        agent_id,
        min(site_id) as site_id
    from seen
    group by agent_id
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
