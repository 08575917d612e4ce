select
    key_result_id,
    objective_id,
    title,
    replace(metric, '.', '_') as metric,
    client_id,
    line_of_business,
    site_id,
    kind,
    cast(start_value as decimal(18, 6)) as start_value,
    cast(target_value as decimal(18, 6)) as target_value,
    cast(change_rate as decimal(18, 6)) as change_rate,
    cast(stretch_value as decimal(18, 6)) as stretch_value,
    valid_from,
    valid_to
from {{ source('raw_company', 'key_results') }}
where _is_current
