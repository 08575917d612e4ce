select
    contract_id,
    clause_id,
    exclusion,
    jurisdiction,
    valid_from,
    valid_to
from {{ source('raw_company', 'clause_exclusions') }}
where _is_current
