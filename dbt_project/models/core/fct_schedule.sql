{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'shift_date', 'feeds': {'schedules': [-2, 1]}}}
) }}

select
    schedule.source_system,
    schedule.agent_id,
    schedule.is_mapped,
    schedule.site_id,
    schedule.time_zone,
    schedule.shift_date,
    schedule.published_at_utc,
    schedule.activity_code,
    schedule.activity,
    schedule.is_paid,
    schedule.started_at_utc,
    schedule.ended_at_utc,
    schedule.duration_s,
    schedule.file_id,
    schedule.row_number,
    schedule.agent_id || '@' || schedule.source_system || '@'
    || cast(schedule.shift_date as {{ dbt.type_string() }}) || '@'
    || cast(schedule.started_at_utc as {{ dbt.type_string() }}) as schedule_id
from {{ ref('int_schedules') }} as schedule
where schedule.is_last_published and {{ only_touched('schedule.shift_date') }}
