select
    system as source_system,
    activity_code,
    activity,
    is_paid,
    valid_from,
    valid_to
from {{ source('raw_company', 'activity_codes') }}
where _is_current
