select
    client_id,
    status,
    renewal_date,
    renewal_outcome,
    valid_from,
    valid_to
from {{ source('raw_company', 'client_status') }}
where _is_current
