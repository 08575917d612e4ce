select
    evaluation_id,
    _client_id as client_id,
    site_id,
    _time_zone as time_zone,
    contact_system as contact_source_system,
    contact_id,
    agent_code,
    evaluator_code,
    case when evaluator_code is null then 'automated' else 'human' end as evaluator_kind,
    form_id,
    form_version,
    evaluated_at,
    coalesce(status, 'released') as status,
    score_pct,
    calibration_id,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_qa', 'evaluations') }}
where _is_current
