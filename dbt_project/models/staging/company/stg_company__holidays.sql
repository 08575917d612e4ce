select
    jurisdiction,
    holiday_date,
    holiday_name,
    kind,
    source
from {{ source('raw_company', 'holidays') }}
where _is_current
