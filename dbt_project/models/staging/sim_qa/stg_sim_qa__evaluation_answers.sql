select
    evaluation_id,
    question_id,
    section,
    answer,
    points,
    points_possible,
    weight,
    is_not_applicable,
    critical_kind,
    is_critical_failed,
    evaluated_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_sim_qa', 'evaluation_answers') }}
where _is_current
