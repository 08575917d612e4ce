select
    system as source_system,
    dialled_number,
    client_id,
    line_of_business,
    valid_from,
    valid_to
from {{ source('raw_company', 'dialled_numbers') }}
where _is_current
