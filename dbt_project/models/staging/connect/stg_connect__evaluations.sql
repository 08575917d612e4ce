select
    evaluation_id,
    site_id,
    _time_zone as time_zone,
    record_id,
    agent_code,
    evaluator_code,
    coalesce(is_automated, false) as is_automated,
    form_id,
    form_version,
    calibration_id,
    evaluated_at,
    score_pct,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_connect', 'evaluations') }}
where _is_current
