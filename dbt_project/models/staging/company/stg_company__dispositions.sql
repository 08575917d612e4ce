select
    source_system,
    disposition_code,
    reason,
    valid_from,
    valid_to
from {{ map_by_scope('dispositions', ['disposition_code']) }} as mapped
