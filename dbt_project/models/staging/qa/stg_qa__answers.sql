select
    evaluation_id,
    question_id,
    lower(section) as section,
    answer,
    points,
    points_possible,
    weight,
    coalesce(is_not_applicable, points is null) as is_not_applicable,
    critical_kind,
    coalesce(is_critical_failed, false) as is_critical_failed,
    evaluated_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_qa', 'answers') }}
where _is_current
