select
    part,
    action_code,
    step,
    valid_from,
    valid_to
from {{ source('raw_company', 'coaching_steps') }}
where _is_current
