{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'event_date', 'feeds': {'case_events': [0, 0]}}}
) }}

select
    case_event_id,
    case_id,
    source_system,
    client_id,
    agent_id,
    time_zone,
    kind,
    old_value,
    new_value,
    occurred_at_utc,
    event_date,
    site_date,
    kind in ('public_reply', 'internal_note') and agent_id is not null as is_touch,
    file_id,
    row_number
from {{ ref('int_case_events') }}
where {{ only_touched('event_date') }}
