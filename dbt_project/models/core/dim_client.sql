with mapped as (
    select
        *,
        row_number() over (partition by client_id order by valid_from desc) as newest
    from {{ ref('stg_company__clients') }}
),

seen as (
    select distinct seen_id as client_id
    from {{ ref('int_seen_day') }}
    where kind = 'client'
)

select
    client_id,
    client_name,
    country_code,
    true as is_mapped
from mapped
where newest = 1

union all

select
    seen.client_id,
    seen.client_id as client_name,
    cast(null as {{ dbt.type_string() }}) as country_code,
    false as is_mapped
from seen
left join mapped on seen.client_id = mapped.client_id
where mapped.client_id is null
