select
    evaluation_id,
    question_id,
    section_id,
    upper(kind) as kind,
    score_pct,
    coalesce(is_not_applicable, false) as is_not_applicable,
    coalesce(is_automatic_fail, false) as is_automatic_fail,
    evaluated_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_connect', 'evaluation_questions') }}
where _is_current
