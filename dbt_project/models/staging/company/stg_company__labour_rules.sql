select
    jurisdiction,
    rule,
    cast(limit_value as decimal(18, 6)) as limit_value,
    unit,
    cast(after_h as decimal(18, 6)) as after_h,
    window_from,
    window_to,
    source,
    note,
    valid_from,
    valid_to
from {{ source('raw_company', 'labour_rules') }}
where _is_current
