select
    currency,
    group_currency,
    rate,
    valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to
from {{ ref('stg_company__fx_rates') }}
