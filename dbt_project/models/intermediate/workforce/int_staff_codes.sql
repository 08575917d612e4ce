with ordered as (
    select
        *,
        row_number() over (partition by source_system, agent_code order by valid_from) as row_n
    from {{ ref('stg_company__agents') }}
)

select
    source_system,
    agent_code,
    agent_id,
    site_id,
    case when row_n = 1 then date '0001-01-01' else valid_from end as valid_from,
    valid_to
from ordered
