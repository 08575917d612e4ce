with mapped as (
    select
        *,
        {{ scoped_id('source_system', 'queue_code') }} as queue_id,
        row_number() over (partition by source_system, queue_code order by valid_from desc)
            as newest
    from {{ ref('stg_company__queues') }}
),

seen as (
    select distinct
        seen_id as queue_id,
        seen_at as source_system
    from {{ ref('int_seen_day') }}
    where kind = 'queue'
)

select
    queue_id,
    source_system,
    queue_code,
    coalesce(queue_name, queue_code) as queue_name,
    client_id,
    coalesce(line_of_business, 'unmapped') as line_of_business,
    channel,
    language,
    coalesce(service_level_threshold_s, {{ var('default_service_level_threshold_s') }})
        as service_level_threshold_s,
    coalesce(short_abandon_s, {{ var('default_short_abandon_s') }}) as short_abandon_s,
    case when service_level_threshold_s is null then 'default' else 'map' end as threshold_source,
    true as is_mapped
from mapped
where newest = 1

union all

select
    seen.queue_id,
    seen.source_system,
    substr(seen.queue_id, length(seen.source_system) + 2) as queue_code,
    substr(seen.queue_id, length(seen.source_system) + 2) as queue_name,
    'unmapped' as client_id,
    'unmapped' as line_of_business,
    cast(null as {{ dbt.type_string() }}) as channel,
    cast(null as {{ dbt.type_string() }}) as language,
    {{ var('default_service_level_threshold_s') }} as service_level_threshold_s,
    {{ var('default_short_abandon_s') }} as short_abandon_s,
    'default' as threshold_source,
    false as is_mapped
from seen
left join mapped on seen.queue_id = mapped.queue_id
where mapped.queue_id is null
