select
    system as source_system,
    termination_code,
    termination_class,
    reason,
    valid_from,
    valid_to
from {{ source('raw_company', 'termination_codes') }}
where _is_current
