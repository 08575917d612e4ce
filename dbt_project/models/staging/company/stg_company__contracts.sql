select
    contract_id,
    client_id,
    contract_name,
    currency,
    time_zone,
    cast(monthly_fee as decimal(18, 4)) as monthly_fee,
    cast(fee_per_contact as decimal(18, 4)) as fee_per_contact,
    cast(fee_per_productive_hour as decimal(18, 4)) as fee_per_productive_hour,
    credit_base,
    cast(credit_cap_rate as decimal(18, 6)) as credit_cap_rate,
    valid_from,
    valid_to
from {{ source('raw_company', 'contracts') }}
where _is_current
