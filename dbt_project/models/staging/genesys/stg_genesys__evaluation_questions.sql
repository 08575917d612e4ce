select
    evaluation_id,
    group_id,
    group_score,
    group_max_score,
    coalesce(is_group_not_applicable, false) as is_group_not_applicable,
    question_id,
    coalesce(is_kill_failed, false) as is_kill_failed,
    evaluated_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_genesys', 'evaluation_questions') }}
where _is_current
