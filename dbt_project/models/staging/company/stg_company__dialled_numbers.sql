select
    source_system,
    dialled_number,
    client_id,
    line_of_business,
    valid_from,
    valid_to
from {{ map_by_scope('dialled_numbers', ['dialled_number']) }} as mapped
