select
    waiver_id,
    rule,
    client_id,
    subject,
    reason,
    approved_by,
    valid_from,
    valid_to
from {{ source('raw_company', 'rule_waivers') }}
where _is_current
