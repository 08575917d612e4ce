select
    client_id,
    client_name,
    country_code,
    calling_code,
    trunk_prefix,
    international_prefix,
    valid_from,
    valid_to
from {{ source('raw_company', 'clients') }}
where _is_current
