select
    contract_id,
    clause_id,
    table_kind,
    cast(from_value as decimal(18, 6)) as from_value,
    cast(result_value as decimal(18, 6)) as result_value,
    valid_from,
    valid_to
from {{ source('raw_company', 'clause_points') }}
where _is_current
