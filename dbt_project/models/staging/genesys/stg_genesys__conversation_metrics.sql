select
    conversation_id,
    session_id,
    metric,
    duration_ms,
    count_n,
    _event_date as event_date
from {{ source('raw_genesys', 'conversation_metrics') }}
where _is_current and metric is not null
