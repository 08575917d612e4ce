with mapped as (
    select
        *,
        row_number() over (partition by site_id order by valid_from desc) as newest
    from {{ ref('stg_company__sites') }}
),

seen_once as (
    select
        seen_id as site_id,
        min(seen_at) as time_zone
    from {{ ref('int_seen_day') }}
    where kind = 'site'
    group by seen_id
)

select
    site_id,
    site_name,
    country_code,
    time_zone,
    shift_date_rule,
    true as is_mapped
from mapped
where newest = 1

union all

select
    seen_once.site_id,
    seen_once.site_id as site_name,
    cast(null as {{ dbt.type_string() }}) as country_code,
    seen_once.time_zone,
    'start' as shift_date_rule,
    false as is_mapped
from seen_once
left join mapped on seen_once.site_id = mapped.site_id
where mapped.site_id is null
