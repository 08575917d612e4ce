select
    source_system,
    termination_code,
    termination_class,
    reason,
    valid_from,
    valid_to
from {{ map_by_scope('termination_codes', ['termination_code']) }} as mapped
