select
    site_id,
    agent_code,
    metric_id,
    occurred_on,
    value,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_genesys', 'external_metrics') }}
where _is_current
