select
    objective_id,
    title,
    owner,
    client_id,
    valid_from,
    valid_to
from {{ source('raw_company', 'objectives') }}
where _is_current
