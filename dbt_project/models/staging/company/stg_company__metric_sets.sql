select
    set_id,
    client_id,
    line_of_business,
    site_id,
    replace(metric, '.', '_') as metric,
    priority,
    cast(target as decimal(18, 6)) as target,
    cast(band_low as decimal(18, 6)) as band_low,
    cast(band_high as decimal(18, 6)) as band_high,
    cast(weight as decimal(18, 6)) as weight,
    purpose,
    applies_to,
    work_type,
    minimum_sample,
    owner,
    reviewed_on,
    valid_from,
    valid_to
from {{ source('raw_company', 'metric_sets') }}
where _is_current
