select
    source_system,
    activity_code,
    activity,
    is_paid,
    valid_from,
    valid_to
from {{ map_by_scope('activity_codes', ['activity_code']) }} as mapped
