select
    site_id,
    jurisdiction,
    valid_from,
    valid_to
from {{ source('raw_company', 'jurisdictions') }}
where _is_current
