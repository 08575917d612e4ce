select
    contract_id,
    line_of_business,
    basis,
    cast(upper_rate as decimal(18, 6)) as upper_rate,
    cast(lower_rate as decimal(18, 6)) as lower_rate,
    valid_from,
    valid_to
from {{ source('raw_company', 'forecast_bands') }}
where _is_current
