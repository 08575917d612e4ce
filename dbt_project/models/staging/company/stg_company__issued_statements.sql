select
    contract_id,
    client_id,
    statement_month,
    line_id,
    line_kind,
    definition_version,
    cast(numerator as decimal(18, 6)) as numerator,
    cast(denominator as decimal(18, 6)) as denominator,
    cast(stated_value as decimal(18, 6)) as stated_value,
    is_attained,
    cast(points as decimal(18, 6)) as points,
    cast(amount as decimal(18, 4)) as amount,
    currency,
    cast(amount_group as decimal(18, 4)) as amount_group,
    issued_at,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_company', 'issued_statements') }}
where _is_current
