select
    site_id,
    level,
    cast(hourly_cost as decimal(18, 4)) as hourly_cost,
    currency,
    valid_from,
    valid_to
from {{ source('raw_company', 'cost_rates') }}
where _is_current
