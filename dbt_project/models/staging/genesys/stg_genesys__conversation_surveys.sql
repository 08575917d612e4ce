select
    site_id,
    _client_id as client_id,
    _time_zone as time_zone,
    conversation_id,
    survey_id,
    form_version,
    agent_code,
    lower(status) as status,
    promoter_score,
    total_score,
    sent_at,
    completed_at,
    _event_date as event_date,
    _file_id as file_id,
    _row_number as row_number
from {{ source('raw_genesys', 'conversation_surveys') }}
where _is_current and survey_id is not null
