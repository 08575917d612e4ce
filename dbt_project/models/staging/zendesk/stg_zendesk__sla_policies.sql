select
    site_id,
    sla_policy_id,
    policy_updated_at,
    metric,
    lower(priority) as priority,
    target_min,
    is_business,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_zendesk', 'sla_policies') }}
where _is_current
