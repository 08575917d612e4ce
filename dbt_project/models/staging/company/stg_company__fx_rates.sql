select
    currency,
    group_currency,
    cast(rate as decimal(18, 6)) as rate,
    valid_from,
    valid_to
from {{ source('raw_company', 'fx_rates') }}
where _is_current
