select
    contract_id,
    client_id,
    contract_name,
    currency,
    time_zone,
    coalesce(monthly_fee, 0) as monthly_fee,
    coalesce(fee_per_contact, 0) as fee_per_contact,
    coalesce(fee_per_productive_hour, 0) as fee_per_productive_hour,
    credit_base,
    credit_cap_rate,
    valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to
from {{ ref('stg_company__contracts') }}
