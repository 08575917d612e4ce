select
    client_id,
    month_start_date,
    model,
    model_version,
    customers_n,
    cast(value_change as decimal(18, 4)) as value_change,
    currency
from {{ source('raw_company', 'customer_values') }}
where _is_current
