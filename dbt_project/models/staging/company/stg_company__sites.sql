select
    site_id,
    site_name,
    country_code,
    time_zone,
    shift_date_rule,
    valid_from,
    valid_to
from {{ source('raw_company', 'sites') }}
where _is_current
