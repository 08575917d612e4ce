select
    client_id,
    month_start_date,
    model,
    model_version,
    currency,
    customers_n,
    cast(value_change as decimal(18, 4)) as value_change,
    cast(value_change as double) / nullif(customers_n, 0) as value_change_per_customer
from {{ ref('stg_company__customer_values') }}
