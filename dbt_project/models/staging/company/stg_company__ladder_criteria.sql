select
    from_role,
    to_role,
    criterion,
    metric,
    look_back,
    threshold,
    reach,
    minimum_n,
    valid_from,
    valid_to
from {{ source('raw_company', 'ladder_criteria') }}
where _is_current
