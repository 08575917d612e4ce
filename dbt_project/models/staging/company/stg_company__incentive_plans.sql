select
    plan_id,
    plan_name,
    client_id,
    site_id,
    level,
    replace(metric, '.', '_') as metric,
    cast(weight_rate as decimal(18, 6)) as weight_rate,
    minimum_sample,
    valid_from,
    valid_to
from {{ source('raw_company', 'incentive_plans') }}
where _is_current
