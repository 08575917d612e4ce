select
    evaluation_id,
    section_id,
    lower(replace(section, ' ', '_')) as section,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_connect', 'evaluation_sections') }}
where _is_current
