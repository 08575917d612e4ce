select
    system as source_system,
    disposition_code,
    reason,
    valid_from,
    valid_to
from {{ source('raw_company', 'dispositions') }}
where _is_current
